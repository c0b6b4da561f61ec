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
        let builders = fields.map { FieldBuilder($0.kind) }
        var rejections: [ItemError] = []
        let alreadyRejected = Set(input.rejections.map(\.item))
        for item in 0..<documents.count {
            if !alreadyRejected.contains(item), let error = read(item, of: documents, with: scanner, into: builders) {
                rejections.append(error)
                for builder in builders { builder.forget() }
            }
            for builder in builders { builder.finish() }
        }
        var columns: [String: Column] = [:]
        for (field, builder) in zip(fields, builders) { columns[field.path.description] = builder.column }
        return NodeOutput(.record(RecordColumn(count: documents.count, columns: columns)), rejections: rejections)
    }

    private func read(
        _ item: Int, of documents: BytesColumn, with scanner: JSONScanner, into builders: [FieldBuilder]
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
