public import HearthGraph
public import HearthRuntime

/// The graph that packages go through: JSON → fields → embeddings that share one model, encoders → one vector → the store.
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
    /// How the nodes come by the fields of documents; every choice gives the same.
    public var fieldAccess = FieldAccess.direct
    let parts: [Part]
    let model: ModelReference
    let registry: ModelRegistry

    private static let categoryDimension = 16
    /// Of a package in KiB: 16 GiB, above which all are equally large.
    private static let largestSize = 16.0 * 1024 * 1024

    /// - Parameter registry: keeps the model; what shares a registry shares the model.
    public init(embedder: Embedder = .hashed, registry: ModelRegistry = ModelRegistry()) {
        self.embedder = embedder
        self.registry = registry
        model = ModelReference(
            "embedder \(embedder.name)", input: .text, output: .vector(dimension: embedder.dimension)
        ) { try embedder.load() }
        let dimension = embedder.dimension
        parts = [
            Part(node: "embed-description", dimension: dimension, weight: 1, takesQuery: true),
            Part(node: "embed-name", dimension: dimension, weight: 0.6, takesQuery: true),
            Part(node: "embed-relations", dimension: dimension, weight: 0.3, takesQuery: false),
            Part(node: "encode-section", dimension: Self.categoryDimension, weight: 0.2, takesQuery: false),
            Part(node: "encode-size", dimension: 2, weight: 0.1, takesQuery: false),
        ]
    }

    /// Changes whenever the same document would get another vector or other fields.
    public var fingerprint: String {
        (["packages-1", embedder.identity] + parts.map { "\($0.node)=\($0.dimension)*\($0.weight)" })
            .joined(separator: " ")
    }

    var dimension: Int { parts.reduce(0) { $0 + $1.dimension } }

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

    /// The fields without which a document is set aside: what it is known by, and what it is found by.
    public static var requiredFields: [String] { Fields().all.filter(\.isRequired).map(\.path.description) }

    /// Which fields are taken from a document.
    private struct Fields {
        let id = DocumentField(path("id"), .identifier, isRequired: true)
        let name = DocumentField(path("name"), .text, isRequired: true)
        let version = DocumentField(path("version"), .text, isRequired: true)
        let section = DocumentField(path("section"), .text)
        let maintainerName = DocumentField(path("maintainer.name"), .text)
        let maintainerEmail = DocumentField(path("maintainer.email"), .text)
        let short = DocumentField(path("description.short"), .text, isRequired: true)
        let long = DocumentField(path("description.long"), .text)
        let depends = DocumentField(path("depends[].name"), .texts)
        let tags = DocumentField(path("tags[]"), .texts)
        let size = DocumentField(path("size.installed_kib"), .number)

        var all: [DocumentField] {
            [
                id, name, version, section, maintainerName, maintainerEmail, short, long, depends, tags, size,
            ]
        }

        private static func path(_ segments: String) -> FieldPath {
            // Written by us, and read by every test that builds a pipeline.
            do { return try FieldPath(segments) } catch { preconditionFailure("\(error)") }
        }
    }

    /// How documents will go through the pipeline.
    public func plan() throws -> ExecutionPlan { try pipeline(into: nil, input: nil).plan }

    /// Five of the nodes, from the documents to a vector each: for the bench, which measures what is between nodes.
    package func shortPipeline() throws -> Pipeline {
        let fields = Fields()
        return try Pipeline(
            sources: [.init(DocumentReader.documents, .bytes)],
            nodes: [
                .init("parse", reads: [DocumentReader.documents], try ParseNode(fields.all, access: fieldAccess)),
                .init("hash", reads: [DocumentReader.documents], ContentHashNode(seed: 1)),
                .init(
                    "description", reads: ["parse"], JoinedFieldsNode([fields.short, fields.long], separator: "\n")),
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
    package func pipeline(
        into store: DocumentStore?, input: String?, keepsRejected: Bool = true
    ) throws -> Pipeline {
        let fields = Fields()
        let stored = ["name", "version", "section", "maintainer", "summary", "size"]
        var nodes: [Pipeline.Node] = [
            .init("parse", reads: [DocumentReader.documents], try ParseNode(fields.all, access: fieldAccess)),
            .init(
                "hash", reads: [DocumentReader.documents],
                ContentHashNode(seed: StableHash.hash(Array(fingerprint.utf8)[...]))),
            .init("id", reads: ["parse"], FieldNode(fields.id)),
            .init("name", reads: ["parse"], FieldNode(fields.name)),
            .init("version", reads: ["parse"], FieldNode(fields.version)),
            .init("section", reads: ["parse"], FieldNode(fields.section)),
            .init("summary", reads: ["parse"], FieldNode(fields.short)),
            .init("depends", reads: ["parse"], FieldNode(fields.depends)),
            .init("tags", reads: ["parse"], FieldNode(fields.tags)),
            .init("size", reads: ["parse"], FieldNode(fields.size)),
            .init(
                "maintainer", reads: ["parse"],
                JoinedFieldsNode([fields.maintainerName, fields.maintainerEmail], separator: " ")),
            .init(
                "description", reads: ["parse"], JoinedFieldsNode([fields.short, fields.long], separator: "\n")),
            .init("relations", reads: ["depends", "tags"], JoinedListsNode(lists: 2)),
            .init("embed-description", reads: "description", model: model),
            .init("embed-name", reads: "name", model: model),
            .init("embed-relations", reads: "relations", model: model),
            .init("encode-section", reads: ["section"], CategoryNode(dimension: Self.categoryDimension)),
            .init("encode-size", reads: ["size"], MagnitudeNode(largest: Self.largestSize)),
            .init(
                "combine", reads: parts.map(\.node),
                CombineNode(parts.map { (dimension: $0.dimension, weight: $0.weight) })),
        ]
        let types = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.output) })
        let columns = stored.map { (name: $0, type: types[$0] ?? .text) }
        nodes.append(
            .init(
                "store", reads: StoreNode.reads(fields: stored),
                StoreNode(store, dimension: dimension, fields: columns, input: input, keepsRejected: keepsRejected)))
        return try Pipeline(
            sources: [
                .init(DocumentReader.documents, .bytes), .init(DocumentReader.lines, .number),
                .init(DocumentReader.starts, .number), .init(DocumentReader.ends, .number),
            ], nodes: nodes)
    }
}
