public import HearthGraph
public import HearthRuntime

/// The graph of a description: JSON → fields → embeddings that share one model, encoders → one vector → the store.
///
/// A value type that holds no model until a node first asks for one.
public struct DocumentPipeline: Sendable {
    /// A part of the combined vector.
    struct Part: Sendable {
        var node: String
        var dimension: Int
        /// Its share in the combined vector is the square of this over the sum of squares.
        var weight: Float
        /// Whether a query's text stands in this part.
        var takesQuery: Bool
    }

    public let embedder: Embedder
    public let description: PipelineDescription
    /// How the nodes come by the fields of documents; every choice gives the same.
    public var fieldAccess = FieldAccess.direct
    /// What documents are logged to; nil for nothing.
    public var log: DocumentLog?
    let parts: [Part]
    let model: ModelReference
    let registry: ModelRegistry

    /// - Parameters:
    ///   - description: what is taken from documents, and what becomes of it.
    ///   - registry: keeps the model; what shares a registry shares the model.
    public init(
        embedder: Embedder = .hashed, description: PipelineDescription = .packages,
        registry: ModelRegistry = ModelRegistry()
    ) {
        self.embedder = embedder
        self.description = description
        self.registry = registry
        model = ModelReference(
            "embedder \(embedder.name)", input: .text, output: .vector(dimension: embedder.dimension)
        ) { try embedder.load() }
        parts = description.vector.map { part in
            let dimension =
                switch part.encoder {
                case .text: embedder.dimension
                case .category(let dimension): dimension
                case .number, .recency: 2
                }
            return Part(node: part.node, dimension: dimension, weight: part.weight, takesQuery: part.takesQuery)
        }
    }

    /// Changes whenever the same document would get another vector or other fields.
    public var fingerprint: String {
        ([kind, embedder.identity] + parts.map { "\($0.node)=\($0.dimension)*\($0.weight)" })
            .joined(separator: " ")
    }

    /// Of a description that is not built in, all that it says.
    private var kind: String {
        if description == .packages { return "packages-1" }
        let hash = StableHash.content(description.json, seed: 0)
        return "file-1-\(String(hash.high, radix: 16))-\(String(hash.low, radix: 16))"
    }

    /// Of the combined vector.
    package var dimension: Int { parts.reduce(0) { $0 + $1.dimension } }

    /// The vector of a query: its text in place of the texts of a document, the other parts zero.
    public func queryVector(_ text: String) async throws -> [Float] {
        let handle = try await registry.handle(of: model)
        guard case .vector(let vectors) = try await handle.model.evaluate(.text(BytesColumn([text]))).column.content
        else {
            throw RuntimeError.wrongColumn(name: model.name, detail: "gives no vectors")
        }
        let halves = parts.map { part in
            part.takesQuery ? vectors[0] : ColumnBuffer(repeating: Float(0), count: part.dimension)
        }
        return CombineNode.combine(halves, weights: parts.map(\.weight))
    }

    // MARK: The graph

    /// The fields of packages without which a document is set aside: what it is known by, and what it is found by.
    public static var requiredFields: [String] {
        PipelineDescription.packages.documentFields.filter(\.isRequired).map(\.path.description)
    }

    /// How documents will go through the pipeline.
    public func plan() throws -> ExecutionPlan { try pipeline(into: nil, input: nil).plan }

    /// Five of the nodes, from the documents to a vector each: for the bench, which measures what is between nodes.
    package func shortPipeline() throws -> Pipeline {
        let short = DocumentField(try FieldPath("description.short"), .text, isRequired: true)
        let long = DocumentField(try FieldPath("description.long"), .text)
        return try Pipeline(
            sources: [.init(DocumentReader.documents, .bytes)],
            nodes: [
                .init(
                    "parse", reads: [DocumentReader.documents],
                    try ParseNode(description.documentFields, access: fieldAccess)),
                .init("hash", reads: [DocumentReader.documents], ContentHashNode(seed: 1)),
                .init("description", reads: ["parse"], JoinedFieldsNode([short, long], separator: "\n")),
                .init("embed-description", reads: "description", model: model),
                .init(
                    "combine", reads: ["embed-description"], CombineNode([(dimension: embedder.dimension, weight: 1)])),
            ])
    }

    /// The pipeline into a store.
    ///
    /// - Parameters:
    ///   - store: nil for a pipeline that is only looked at.
    ///   - input: which input it is, for resuming; nil where it cannot be resumed.
    ///   - keepsRejected: whether documents that are set aside are written to the store too.
    ///   - watch: lets no batch into the store behind too many of them.
    package func pipeline(
        into store: DocumentStore?, input: String?, keepsRejected: Bool = true, watch: RejectionWatch? = nil
    ) throws -> Pipeline {
        let stored = description.fields.filter(\.isStored)
        var nodes: [Pipeline.Node] = [
            .init(
                "parse", reads: [DocumentReader.documents],
                try ParseNode(description.documentFields, access: fieldAccess)),
            .init(
                "hash", reads: [DocumentReader.documents],
                ContentHashNode(seed: StableHash.hash(Array(fingerprint.utf8)[...]))),
            .init("id", reads: ["parse"], FieldNode(DocumentField(description.id, .identifier, isRequired: true))),
        ]
        nodes += description.fieldNodes
        nodes += description.vector.compactMap(description.joinNode)
        nodes += description.vector.map(encoderNode)
        nodes.append(
            .init(
                "combine", reads: parts.map(\.node),
                CombineNode(parts.map { (dimension: $0.dimension, weight: $0.weight) })))
        let columns = stored.map { (name: $0.name, type: $0.type.column) }
        nodes.append(
            .init(
                "store", reads: StoreNode.reads(fields: stored.map(\.name)),
                StoreNode(
                    store, dimension: dimension, fields: columns, input: input, keepsRejected: keepsRejected,
                    watch: watch, log: log)))
        return try Pipeline(
            sources: [
                .init(DocumentReader.documents, .bytes), .init(DocumentReader.lines, .number),
                .init(DocumentReader.starts, .number), .init(DocumentReader.ends, .number),
            ], nodes: nodes)
    }

    private func encoderNode(_ part: PipelineDescription.Part) -> Pipeline.Node {
        let source = description.source(of: part)
        return switch part.encoder {
        case .text: .init(part.node, reads: source, model: model)
        case .category(let dimension): .init(part.node, reads: [source], CategoryNode(dimension: dimension))
        case .number(let largest): .init(part.node, reads: [source], MagnitudeNode(largest: largest))
        case .recency(let days, let day):
            .init(part.node, reads: [source], RecencyNode(halfLifeDays: days, asOf: day))
        }
    }
}
