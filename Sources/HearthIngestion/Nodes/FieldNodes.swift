internal import HearthGraph
internal import HearthRuntime

/// One field of a record, as the record holds it: nothing is copied.
struct FieldNode: NodeBody {
    let inputs: [ColumnType] = [.record]
    let output: ColumnType
    private let path: String

    init(_ field: DocumentField) {
        path = field.path.description
        output = field.column
    }

    func evaluate(_ input: NodeInput) async throws -> NodeOutput {
        guard case .record(let record)? = input.columns.first, let column = record[path] else {
            throw NodeInputError.unexpectedColumn
        }
        return NodeOutput(column)
    }
}

/// Several text fields of a record as one text: those that are there, with a separator between.
struct JoinedFieldsNode: NodeBody {
    let inputs: [ColumnType] = [.record]
    let output = ColumnType.text
    private let paths: [String]
    private let separator: String

    init(_ fields: [DocumentField], separator: String) {
        paths = fields.map(\.path.description)
        self.separator = separator
    }

    func evaluate(_ input: NodeInput) async throws -> NodeOutput {
        guard case .record(let record)? = input.columns.first else { throw NodeInputError.unexpectedColumn }
        let parts = try paths.map { path in
            guard case .text(let column)? = record[path] else { throw NodeInputError.unexpectedColumn }
            return column
        }
        var joined = BytesColumn()
        var text: [UInt8] = []
        for item in 0..<record.count {
            text.removeAll(keepingCapacity: true)
            var isNull = true
            for part in parts {
                guard let value = part[item] else { continue }
                if !isNull { text.append(contentsOf: separator.utf8) }
                text.append(contentsOf: value)
                isNull = false
            }
            if isNull { joined.appendNull() } else { joined.append(text) }
        }
        return NodeOutput(.text(joined))
    }
}

/// Lists of texts → one text: all of them with spaces between.
struct JoinedListsNode: NodeBody {
    let inputs: [ColumnType]
    let output = ColumnType.text

    init(lists: Int) { inputs = Array(repeating: .texts, count: lists) }

    func evaluate(_ input: NodeInput) async throws -> NodeOutput {
        let lists = try input.columns.map { column in
            guard case .texts(let list) = column else { throw NodeInputError.unexpectedColumn }
            return list
        }
        var joined = BytesColumn()
        var text: [UInt8] = []
        for item in 0..<input.count {
            text.removeAll(keepingCapacity: true)
            for list in lists {
                for value in list.range(item) {
                    if !text.isEmpty { text.append(UInt8(ascii: " ")) }
                    text.append(contentsOf: list.values.bytes[list.values.range(value)])
                }
            }
            if text.isEmpty { joined.appendNull() } else { joined.append(text) }
        }
        return NodeOutput(.text(joined))
    }
}

/// The content hash of every document, 16 bytes: what tells an unchanged document from a new version of it.
struct ContentHashNode: NodeBody {
    let inputs: [ColumnType] = [.bytes]
    let output = ColumnType.bytes
    /// Of the pipeline: a document put through another pipeline is another row.
    let seed: UInt64

    func evaluate(_ input: NodeInput) async throws -> NodeOutput {
        guard case .bytes(let documents)? = input.columns.first else { throw NodeInputError.unexpectedColumn }
        var hashes = BytesColumn()
        hashes.reserve(items: documents.count, bytes: documents.count * 16)
        for item in 0..<documents.count {
            hashes.append(StableHash.content(documents.bytes[documents.range(item)], seed: seed).bytes)
        }
        return NodeOutput(.bytes(hashes))
    }
}
