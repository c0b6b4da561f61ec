internal import HearthRuntime

/// The column of one field under construction, with what the present document has given. A class, so that a column grows where it
/// lies. For one task at a time.
final class FieldBuilder {
    private let kind: DocumentField.Kind
    private var texts = BytesColumn()
    private var lists = ListColumn()
    private var numbers = NumberColumn()

    private var text: [UInt8]?
    private var list: [[UInt8]] = []
    private var number: Double?

    init(_ kind: DocumentField.Kind) { self.kind = kind }

    /// Whether the present document has given nothing yet.
    var isEmpty: Bool { text?.isEmpty ?? true && list.isEmpty && number == nil }

    func take(_ value: JSONScanner.Value) {
        switch (kind, value) {
        case (.text, .string(let value)), (.identifier, .string(let value)): text = value
        case (.text, .integer(let value)), (.identifier, .integer(let value)): text = Array(String(value).utf8)
        case (.texts, .string(let value)): list.append(value)
        case (.number, .integer(let value)): number = Double(value)
        case (.number, .number(let value)): number = value
        default: break
        }
    }

    /// Drops what the present document has given.
    func forget() {
        text = nil
        list.removeAll(keepingCapacity: true)
        number = nil
    }

    /// Ends the present document.
    func finish() {
        switch kind {
        case .text, .identifier:
            if let text { texts.append(text) } else { texts.appendNull() }
        case .texts:
            for value in list { lists.appendValue(value) }
            lists.finishList(isNull: list.isEmpty)
        case .number: numbers.append(number)
        }
        forget()
    }

    var column: Column {
        switch kind {
        case .text, .identifier: .text(texts)
        case .texts: .texts(lists)
        case .number: .number(numbers)
        }
    }
}
