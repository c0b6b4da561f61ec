internal import HearthRuntime

/// The column of one field under construction. Texts stay where they lie until the last document, when the column is made of all of
/// them in one go.
struct FieldBuilder {
    private let kind: DocumentField.Kind
    /// An item's text, or the texts of all lists end to end.
    private var texts: [TextPlace] = []
    /// Where each list ends among the texts.
    private var listEnds: ColumnBuffer<Int64> = [0]
    private var listValidity = Validity()
    /// Appended to here and not in their column, whose generic code is slow from another module.
    private var numbers = ColumnBuffer<Double>()
    private var numberValidity = Validity()

    // What the present document has given, beside the texts of its list.
    private var text = TextPlace.none
    private var number: Double?
    private var listStart = 0

    init(_ kind: DocumentField.Kind) { self.kind = kind }

    /// Whether the present document has given nothing yet.
    var isEmpty: Bool { text.count == 0 && texts.count == listStart && number == nil }

    /// - Parameter kept: takes the texts that lie nowhere yet.
    mutating func take(_ value: JSONScanner.Value, _ kept: KeptTexts) {
        switch (kind, value) {
        case (.text, .string(let value)), (.identifier, .string(let value)): text = value
        case (.text, .integer(let value)), (.identifier, .integer(let value)): text = kept.keep(String(value))
        case (.texts, .string(let value)): texts.append(value)
        case (.number, .integer(let value)): number = Double(value)
        case (.number, .number(let value)): number = value
        default: break
        }
    }

    /// Drops what the present document has given.
    mutating func forget() {
        text = .none
        number = nil
        texts.removeLast(texts.count - listStart)
    }

    /// Ends the present document.
    mutating func finish() {
        switch kind {
        case .text, .identifier:
            texts.append(text)
            text = .none
            listStart = texts.count
        case .texts:
            listValidity.append(texts.count > listStart)
            listStart = texts.count
            listEnds.append(Int64(listStart))
        case .number:
            numbers.append(number ?? 0)
            numberValidity.append(number != nil)
            number = nil
        }
    }

    /// Copies the texts, which must still lie where they did.
    var column: Column {
        switch kind {
        case .text, .identifier: .text(BytesColumn(copying: texts))
        case .texts:
            .texts(ListColumn(values: BytesColumn(copying: texts), offsets: listEnds, start: 0, validity: listValidity))
        case .number: .number(NumberColumn(values: numbers, start: 0, validity: numberValidity))
        }
    }
}
