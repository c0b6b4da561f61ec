internal import HearthGraph
internal import HearthRuntime

/// A value to take from every document.
public struct DocumentField: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// A string. Of several, the last.
        case text
        /// A string, or an integer as it is written. Of several, the last.
        case identifier
        /// Every string that stands there.
        case texts
        case number
    }

    public var path: FieldPath
    public var kind: Kind
    /// A document without a value there is set aside. (One with a value of another type is in any case; null is no value.)
    public var isRequired: Bool

    public init(_ path: FieldPath, _ kind: Kind, isRequired: Bool = false) {
        self.path = path
        self.kind = kind
        self.isRequired = isRequired
    }

    var column: ColumnType {
        switch kind {
        case .text, .identifier: .text
        case .texts: .texts
        case .number: .number
        }
    }

    var types: JSONTypes {
        switch kind {
        case .text, .texts: .string
        case .identifier: [.string, .integer]
        case .number: [.integer, .number]
        }
    }
}

/// JSON documents → their wanted fields, in one pass a document. What is not JSON, lacks a required field, or has a value of
/// another type on the way to a field is set aside.
struct ParseNode: NodeBody {
    let inputs: [ColumnType] = [.bytes]
    let output = ColumnType.record
    let traits = NodeTraits.itemwise

    private let fields: [DocumentField]
    private let paths: JSONPaths
    /// By path number.
    private let places: [Place]

    /// A path to a field, or one on the way to it.
    private struct Place {
        var path: FieldPath
        var types: JSONTypes = []
        var fields: [Int] = []
    }

    init(_ fields: [DocumentField]) throws {
        self.fields = fields
        var places: [Place] = []
        var numbers: [FieldPath: Int] = [:]
        func place(_ path: FieldPath) -> Int {
            if let number = numbers[path] { return number }
            numbers[path] = places.count
            places.append(Place(path: path))
            return places.count - 1
        }
        for (number, field) in fields.enumerated() {
            for (path, next) in field.path.enclosing {
                places[place(path)].types.formUnion(next == .each ? .array : .object)
            }
            let end = place(field.path)
            places[end].types.formUnion(field.types)
            places[end].fields.append(number)
        }
        paths = try JSONPaths(places.map(\.path))
        // Each path came once, so that the scanner's numbers are the order of the places.
        self.places = places
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        var documents = try input.bytes()
        // What comes from our reader has its padding; the last document of others must not be read beyond its end.
        if documents.count > 0,
            documents.bytes.count < documents.range(documents.count - 1).upperBound + JSONScanner.padding
        {
            documents.pad(to: JSONScanner.padding)
        }
        let scanner = try JSONScanner(paths)
        var builders = fields.map { FieldBuilder($0.kind) }
        var rejections: [ItemError] = []
        let alreadyRejected = Set(input.rejections.map(\.item))
        for item in 0..<documents.count {
            if !alreadyRejected.contains(item), let error = read(item, of: documents, with: scanner, into: &builders) {
                rejections.append(error)
                for field in builders.indices { builders[field].forget() }
            }
            for field in builders.indices { builders[field].finish() }
        }
        var columns: [String: Column] = [:]
        for (field, builder) in zip(fields, builders) { columns[field.path.description] = builder.column }
        return NodeOutput(.record(RecordColumn(count: documents.count, columns: columns)), rejections: rejections)
    }

    private func read(
        _ item: Int, of documents: BytesColumn, with scanner: JSONScanner, into builders: inout [FieldBuilder]
    ) -> ItemError? {
        let range = documents.range(item)
        var wrongType: String?
        do {
            try scanner.scan(documents.bytes, range) { path, value in
                guard let type = JSONTypes(of: value) else { return }
                guard places[path].types.contains(type) else {
                    if wrongType == nil {
                        wrongType = "the field '\(places[path].path)' is \(type), not \(places[path].types)"
                    }
                    return
                }
                for field in places[path].fields { builders[field].take(value) }
            }
        } catch {
            let fault = Self.fault(error, in: Array(documents.bytes[range])[...])
            return ItemError(item: item, reason: fault.reason, byte: fault.byte)
        }
        if let wrongType { return ItemError(item: item, reason: wrongType, byte: 0) }
        for (field, builder) in zip(fields, builders) where field.isRequired && builder.isEmpty {
            return ItemError(item: item, reason: "lacks the required field '\(field.path)'", byte: 0)
        }
        return nil
    }

    /// The exact place, which the fast parser does not give.
    private static func fault(_ refusal: JSONScanner.Refusal, in document: ArraySlice<UInt8>) -> JSONFault {
        if let fault = JSONFault(in: document) { return fault }
        switch refusal {
        case .notJSON: return JSONFault(reason: "not JSON", byte: 0)
        case .notUTF8: return JSONFault(reason: "not UTF-8", byte: 0)
        case .numberOutOfRange: return JSONFault(reason: "number out of range", byte: 0)
        case .tooDeep: return JSONFault(reason: "more than \(JSONFault.maximumDepth) levels deep", byte: 0)
        case .notAnObject: return JSONFault(reason: "not an object", byte: 0)
        case .noMemory: return JSONFault(reason: "no memory to read the document", byte: 0)
        }
    }
}

/// The column of one field under construction, with the value of the present document.
private enum FieldBuilder {
    case text(BytesColumn, [UInt8]?)
    case texts(ListColumn, [[UInt8]])
    case number(NumberColumn, Double?)

    init(_ kind: DocumentField.Kind) {
        switch kind {
        case .text, .identifier: self = .text(BytesColumn(), nil)
        case .texts: self = .texts(ListColumn(), [])
        case .number: self = .number(NumberColumn(), nil)
        }
    }

    /// Whether the present document has given nothing yet.
    var isEmpty: Bool {
        switch self {
        case .text(_, let value): value?.isEmpty ?? true
        case .texts(_, let values): values.isEmpty
        case .number(_, let value): value == nil
        }
    }

    mutating func take(_ value: JSONScanner.Value) {
        switch (self, value) {
        case (.text(let column, _), .string(let text)): self = .text(column, text)
        case (.text(let column, _), .integer(let number)): self = .text(column, Array(String(number).utf8))
        case (.texts(let column, var values), .string(let text)):
            self = .texts(ListColumn(), [])
            values.append(text)
            self = .texts(column, values)
        case (.number(let column, _), .integer(let number)): self = .number(column, Double(number))
        case (.number(let column, _), .number(let number)): self = .number(column, number)
        default: break
        }
    }

    /// Drops what the present document has given.
    mutating func forget() {
        switch self {
        case .text(let column, _): self = .text(column, nil)
        case .texts(let column, _): self = .texts(column, [])
        case .number(let column, _): self = .number(column, nil)
        }
    }

    /// Ends the present document.
    mutating func finish() {
        switch self {
        case .text(var column, let value):
            // Let go of the other copy first, so that appending does not copy the column.
            self = .number(NumberColumn(), nil)
            if let value { column.append(value) } else { column.appendNull() }
            self = .text(column, nil)
        case .texts(var column, let values):
            self = .number(NumberColumn(), nil)
            for value in values { column.appendValue(value) }
            column.finishList(isNull: values.isEmpty)
            self = .texts(column, [])
        case .number(var column, let value):
            self = .number(NumberColumn(), nil)
            column.append(value)
            self = .number(column, nil)
        }
    }

    var column: Column {
        switch self {
        case .text(let column, _): .text(column)
        case .texts(let column, _): .texts(column)
        case .number(let column, _): .number(column)
        }
    }
}
