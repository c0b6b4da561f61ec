public import HearthGraph
public import HearthRuntime

/// What was found.
public struct NeighbourReport: Sendable {
    /// How many neighbours all documents have together.
    public fileprivate(set) var neighbours = 0
    /// Nil where no table was asked for.
    public fileprivate(set) var table: NodeTable?

    fileprivate mutating func add(_ run: PipelineRun) {
        guard let later = run.table else { return }
        if table == nil { table = later } else { table?.append(later) }
    }
}

/// Finds the nearest neighbours of every document of a store, and puts them into it: near-duplicates are those that are most similar.
///
/// Neighbours are searched for in few dimensions, onto which the vectors are projected, and then compared by the vectors themselves: an
/// approximation, exact for duplicates.
public struct NeighbourJob: Sendable {
    public var search: NeighbourSearch
    /// Neighbours of each document.
    public var count = 5
    public var options = RunOptions()
    public var runName = "neighbours"
    public var observers: [any RuntimeObserver] = []
    /// Makes what stands around every node, from the plan.
    public var hook: (@Sendable (ExecutionPlan) -> any NodeHook)?

    public init(search: NeighbourSearch) { self.search = search }

    /// Vectors that are read together.
    private static let batchSize = 4_096

    /// Finds and stores them, in place of those that the store has. About 500 bytes of memory a document.
    ///
    /// - Throws: ``StoreError``, `NodeFailure`, `CancellationError`.
    @discardableResult
    public func run(in store: DocumentStore) async throws -> NeighbourReport {
        do {
            var report = NeighbourReport()
            let (documents, points) = try await points(of: store, &report)
            guard !documents.isEmpty else { return report }
            let pipeline = try Pipeline(
                sources: [.init("points", .vector(dimension: ProjectionNode.dimension))],
                nodes: [
                    .init("neighbours", reads: ["points"], NeighbourNode(search: search, count: count)),
                    .init(
                        "store-neighbours", reads: ["neighbours"],
                        StoreNeighboursNode(store: store, documents: documents, count: count)),
                ])
            let run = run(pipeline)
            let result = try await run.process(Batch(columns: ["points": .vector(points)], count: documents.count))
            report.add(run)
            if case .number(let counts)? = result.columns["store-neighbours"]?.content {
                report.neighbours = (0..<counts.count).reduce(0) { $0 + Int(counts.value($1)) }
            }
            return report
        } catch let failure as NodeFailure {
            if let error = failure.underlying as? StoreError { throw error }
            throw failure
        }
    }

    private func run(_ pipeline: Pipeline) -> PipelineRun {
        PipelineRun(pipeline, name: runName, options: options, hook: hook?(pipeline.plan), observers: observers)
    }

    /// Every document with its point, in the order in which they were stored.
    private func points(
        of store: DocumentStore, _ report: inout NeighbourReport
    ) async throws -> (documents: [Int64], points: VectorColumn) {
        var documents: [Int64] = []
        var points = VectorColumn(dimension: ProjectionNode.dimension)
        var projection: PipelineRun?
        while true {
            let (numbers, vectors) = try store.vectors(after: documents.last ?? 0, count: Self.batchSize)
            guard !numbers.isEmpty else {
                if let projection { report.add(projection) }
                return (documents, points)
            }
            let run: PipelineRun
            if let projection {
                run = projection
            } else {
                run = self.run(
                    try Pipeline(
                        sources: [.init("vectors", .vector(dimension: vectors.dimension))],
                        nodes: [.init("project", reads: ["vectors"], ProjectionNode(dimension: vectors.dimension))]))
                projection = run
            }
            let result = try await run.process(Batch(columns: ["vectors": .vector(vectors)], count: numbers.count))
            guard case .vector(let projected)? = result.columns["project"]?.content else { return (documents, points) }
            documents += numbers
            points.reserve(items: projected.count)
            for item in 0..<projected.count { points.append(projected[item]) }
        }
    }
}
