internal import HearthGraph
internal import HearthJSON
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

/// JSON documents → their wanted fields. What is not JSON, lacks a required field, or has a value of another type on the way to a
/// field is set aside.
struct ParseNode: NodeBody {
    let inputs: [ColumnType] = [.bytes]
    let output = ColumnType.record
    let traits = NodeTraits.itemwise

    private let wanted: DocumentFields
    private let paths: JSONPaths
    /// Numbers of the places that the scanner finds, in its order, and of those that take a query.
    private let scanned: [Int]
    private let queried: [Int]
    private let access: FieldAccess

    init(_ fields: [DocumentField], access: FieldAccess = .direct) throws {
        wanted = DocumentFields(fields)
        // Each path comes once, so that the scanner's numbers are the order of the places.
        let places = wanted.places
        scanned = places.indices.filter { places[$0].path.general == nil }
        queried = places.indices.filter { places[$0].path.general != nil }
        paths = try JSONPaths(scanned.map { places[$0].path })
        self.access = access
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
        let builders = wanted.fields.map { FieldBuilder($0.kind) }
        var rejections: [ItemError] = []
        let alreadyRejected = Set(input.rejections.map(\.item))
        for item in 0..<documents.count {
            if !alreadyRejected.contains(item), let error = try read(item, of: documents, with: scanner, into: builders)
            {
                rejections.append(error)
                for builder in builders { builder.forget() }
            }
            for builder in builders { builder.finish() }
        }
        var columns: [String: Column] = [:]
        switch access {
        case .direct:
            for (field, builder) in zip(wanted.fields, builders) { columns[field.path.description] = builder.column }
        case .jsonpath: columns[wholeDocuments] = .bytes(documents)
        }
        return NodeOutput(.record(RecordColumn(count: documents.count, columns: columns)), rejections: rejections)
    }

    private func read(
        _ item: Int, of documents: BytesColumn, with scanner: JSONScanner, into builders: [FieldBuilder]
    ) throws -> ItemError? {
        let range = documents.range(item)
        var reading = DocumentReading(wanted, into: builders)
        do {
            switch access {
            case .direct:
                var remaining = queried
                do throws(JSONScanner.Refusal) {
                    try scanner.scan(documents.bytes, range) { reading.take($1, at: scanned[$0]) }
                } catch {
                    if error == .noMemory { throw JSONFault(reason: "no memory to read the document", byte: 0) }
                    // The fast parser refuses some good documents, and does not say what is wrong with a bad one.
                    remaining = Array(wanted.places.indices)
                }
                if !remaining.isEmpty {
                    let tree = try Self.tree(Array(documents.bytes[range]))
                    for number in remaining {
                        for value in wanted.places[number].path.values(in: tree) {
                            reading.take(.init(value), at: number)
                        }
                    }
                }
            case .jsonpath:
                let tree = try Self.tree(Array(documents.bytes[range]))
                for (number, place) in wanted.places.enumerated() {
                    for value in try place.path.query(tree) { reading.take(.init(value), at: number) }
                }
            }
        } catch let fault as JSONFault {
            return ItemError(item: item, reason: fault.reason, byte: fault.byte)
        }
        return reading.error(item)
    }

    private static func tree(_ document: [UInt8]) throws(JSONFault) -> JSONValue {
        let tree = try JSONValue(parsing: document)
        if case .object = tree { return tree }
        let start = document.firstIndex { !" \t\n\r".utf8.contains($0) }
        throw JSONFault(reason: "not an object", byte: start ?? 0)
    }
}
