internal import HearthGraph
internal import HearthRuntime

/// One field of a record. Where the record holds it as a column nothing is copied.
struct FieldNode: NodeBody {
    let inputs: [ColumnType] = [.record]
    let output: ColumnType
    let traits = NodeTraits.itemwise
    private let field: DocumentField

    init(_ field: DocumentField) {
        self.field = field
        output = field.column
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let record = try input.record()
        return NodeOutput(try record.field(field, without: Set(input.rejections.map(\.item))))
    }
}

/// Several text fields of a record as one text: those that are there, with a separator between.
struct JoinedFieldsNode: NodeBody {
    let inputs: [ColumnType] = [.record]
    let output = ColumnType.text
    let traits = NodeTraits.itemwise
    private let fields: [DocumentField]
    private let separator: String

    init(_ fields: [DocumentField], separator: String) {
        self.fields = fields
        self.separator = separator
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let record = try input.record()
        let rejected = Set(input.rejections.map(\.item))
        let parts = try fields.map { field in
            guard case .text(let column) = try record.field(field, without: rejected).content else {
                preconditionFailure("texts")
            }
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
    let traits = NodeTraits.itemwise

    init(lists: Int) { inputs = Array(repeating: .texts, count: lists) }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let lists = try (0..<input.columnCount).map { try input.lists($0) }
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
    let traits = NodeTraits.itemwise
    /// Of the pipeline: a document put through another pipeline is another row.
    let seed: UInt64

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        let documents = try input.bytes()
        var hashes = BytesColumn()
        hashes.reserve(items: documents.count, bytes: documents.count * 16)
        for item in 0..<documents.count {
            hashes.append(StableHash.content(documents.bytes[documents.range(item)], seed: seed).bytes)
        }
        return NodeOutput(.bytes(hashes))
    }
}
