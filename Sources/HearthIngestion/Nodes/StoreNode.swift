internal import HearthGraph
internal import HearthRuntime

/// Everything of a batch → the store, in one transaction; gives 0 for what was stored, 1 for what was unchanged.
struct StoreNode: NodeBody {
    let inputs: [ColumnType]
    let output = ColumnType.number
    let traits = NodeTraits.ordered

    private let store: DocumentStore?
    private let fields: [(name: String, type: ColumnType)]
    /// Which input it is, for resuming; nil where it cannot be resumed.
    private let input: String?
    private let keepsRejected: Bool
    private let watch: RejectionWatch?
    private let log: DocumentLog?

    /// What it reads, in order: documents, line, first and end byte, key, hash, vector, and the fields.
    static func reads(fields: [String]) -> [String] {
        [
            DocumentReader.documents, DocumentReader.lines, DocumentReader.starts, DocumentReader.ends, "id", "hash",
            "combine",
        ] + fields
    }

    init(
        _ store: DocumentStore?, dimension: Int, fields: [(name: String, type: ColumnType)], input: String?,
        keepsRejected: Bool, watch: RejectionWatch? = nil, log: DocumentLog?
    ) {
        self.watch = watch
        self.log = log
        self.store = store
        self.keepsRejected = keepsRejected
        self.fields = fields
        self.input = input
        inputs =
            [.bytes, .number, .number, .number, .text, .bytes, .vector(dimension: dimension)] + fields.map(\.type)
    }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        guard let store else { preconditionFailure("a pipeline without a store is only looked at") }
        try watch?.check()
        let columns = try Columns(input)
        let rejections = input.rejections
        let rejectedItems = Set(rejections.map(\.item))
        let accepted = (0..<input.count).filter { !rejectedItems.contains($0) }
        let documents = accepted.map { columns.document($0, fields: fields.map(\.name)) }
        let rejected = keepsRejected ? rejections.map(columns.rejected) : []
        let count = input.count
        if let log {
            for document in documents { log.stores(document) }
            for document in rejected { log.rejects(document) }
        }
        let outcomes = try store.write(documents, rejected: rejected) { counts in
            progress(columns, count: count, counts: counts)
        }
        var done = IngestCounts()
        (done.read, done.rejected) = (count, rejections.count)
        watch?.count(done)
        var result: [Double?] = Array(repeating: nil, count: count)
        for (item, outcome) in zip(accepted, outcomes) { result[item] = outcome == .unchanged ? 1 : 0 }
        return NodeOutput(.number(NumberColumn(result)))
    }

    private func progress(_ columns: Columns, count: Int, counts: IngestCounts) -> IngestProgress? {
        guard let input, count > 0 else { return nil }
        let last = count - 1
        return IngestProgress(
            input: input, nextByte: Int(columns.ends.value(last)), nextLine: Int(columns.lines.value(last)) + 1,
            lastByte: Int(columns.starts.value(last)),
            lastHash: StableHash.content(columns.documents[last] ?? [], seed: 0).bytes, counts: counts)
    }
}

/// The node's inputs by name.
private struct Columns {
    let documents: BytesColumn
    let lines: NumberColumn
    let starts: NumberColumn
    let ends: NumberColumn
    let keys: BytesColumn
    let hashes: BytesColumn
    let vectors: VectorColumn
    let fields: ArraySlice<Column>

    init(_ input: borrowing NodeInput) throws(RuntimeError) {
        documents = try input.bytes(0)
        lines = try input.numbers(1)
        starts = try input.numbers(2)
        ends = try input.numbers(3)
        keys = try input.texts(4)
        hashes = try input.bytes(5)
        vectors = try input.vectors(6)
        fields = input.columns[7...]
    }

    func document(_ item: Int, fields names: [String]) -> StoredDocument {
        var values: [(name: String, value: StoredDocument.FieldValue)] = []
        values.reserveCapacity(names.count)
        for (name, column) in zip(names, fields) {
            switch column.content {
            case .text(let texts):
                if let text = texts.text(item) { values.append((name, .text(text))) }
            case .number(let numbers):
                if let number = numbers[item] { values.append((name, .number(number))) }
            default:
                break
            }
        }
        return StoredDocument(
            key: keys.text(item) ?? "", hash: Array(hashes.bytes[hashes.range(item)]), vector: vectors[item],
            fields: values)
    }

    func rejected(_ rejection: Rejection) -> RejectedDocument {
        let item = rejection.item
        return RejectedDocument(
            line: Int(lines.value(item)), byte: Int(starts.value(item)) + (rejection.error.byte ?? 0),
            node: rejection.node, reason: rejection.error.reason,
            text: Array((documents[item] ?? []).prefix(RejectedDocument.maximumText)))
    }
}
