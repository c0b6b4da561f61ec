internal import HearthGraph
internal import Synchronization

/// One passage of batches through a pipeline. What is remembered, the node table and the numbers of batches are a run's own.
///
/// Safe to use from several tasks; batches are numbered in the order in which they come.
public final class PipelineRun: Sendable {
    public let pipeline: Pipeline
    public let name: String
    public let options: RunOptions
    let core: RunCore
    private let nextBatch = Mutex(0)

    /// - Parameters:
    ///   - pipeline: what batches go through.
    ///   - name: stands in errors, events and labels.
    ///   - options: how it is run; every choice gives the same values.
    ///   - registry: keeps models between runs; without one, models live as long as the run.
    ///   - hook: stands around every call of a body and of a model.
    ///   - observers: are told of every event.
    public init(
        _ pipeline: Pipeline, name: String = "run", options: RunOptions = RunOptions(),
        registry: ModelRegistry = ModelRegistry(), hook: (any NodeHook)? = nil, observers: [any RuntimeObserver] = []
    ) {
        self.pipeline = pipeline
        self.name = name
        self.options = options
        core = RunCore(
            pipeline, name: name, options: options, registry: registry, hook: hook, observers: observers)
    }

    /// What every node did so far; nil where the options keep none.
    public var table: NodeTable? { core.tableValue }

    /// Puts one batch through every node.
    ///
    /// Cancellation is looked at before the first node only, and the runtime does a batch once begun whole. A body or a model that
    /// looks at it itself, as `Task.sleep` does, ends its batch.
    ///
    /// - Parameters:
    ///   - batch: documents, a column for each source of the pipeline.
    ///   - checksCancellation: false for a batch that is to be begun though the task is cancelled.
    /// - Throws: `CancellationError`; ``RuntimeError`` for a batch that does not fit, or that would wait for the one within which it is
    ///   begun; ``NodeFailure``.
    public func process(_ batch: Batch, checksCancellation: Bool = true) async throws -> BatchResult {
        let index = nextIndex()
        // Whatever becomes of this batch, those after it must not wait for it.
        defer { for turn in core.turns.values { turn.leave(index) } }
        if checksCancellation { try Task.checkCancellation() }
        return try await process(batch, index: index, gauge: core.gauge)
    }

    func nextIndex() -> Int {
        nextBatch.withLock { next in
            defer { next += 1 }
            return next
        }
    }

    /// - Parameter passage: the stream that the batch is one of.
    func process(
        _ batch: Batch, index: Int, gauge: MemoryGauge?, _ passage: Passage? = nil
    ) async throws -> BatchResult {
        let start = ContinuousClock.now
        core.emit(.batchStarted(batch: index, items: batch.count))
        do {
            let frame = try frame(batch, index: index, gauge: gauge, passage)
            return try await within(index) { try await process(batch, frame, since: start) }
        } catch {
            core.emit(
                .batchFailed(batch: index, reason: String(describing: error), wall: ContinuousClock.now - start))
            throw error
        }
    }

    /// Where batches have an order, one that is begun within another of the same run would wait for it, and it for that one.
    private func within(_ index: Int, _ body: () async throws -> BatchResult) async throws -> BatchResult {
        guard !core.turns.isEmpty else { return try await body() }
        if let outer = BatchScope.current?.batch(of: core),
            let step = core.program.orderedSteps.first(where: { core.turns[$0]?.isThrough(outer) == false })
        {
            throw RuntimeError.waitsForItself(batch: outer, node: pipeline.plan.steps[step].name)
        }
        return try await BatchScope.$current.withValue(BatchScope(core, index, BatchScope.current), operation: body)
    }

    private func process(
        _ batch: Batch, _ frame: BatchFrame, since start: ContinuousClock.Instant
    ) async throws -> BatchResult {
        let index = frame.batch
        let elsewhere = try await walk(frame)
        let result = try result(of: frame, batch)
        let wall = ContinuousClock.now - start
        core.count { table in
            table.count(batchOf: batch.count, wall: wall)
            table.taskWall += wall + elsewhere
        }
        core.emit(.batchFinished(batch: index, items: batch.count, rejected: result.rejections.count, wall: wall))
        return result
    }

    /// Gives the time that other tasks were at work for this one.
    private func walk(_ frame: BatchFrame) async throws -> Duration {
        switch (options.evaluation, options.schedule) {
        case (.batched, .sequential): try await SequentialWalk(core: core, frame: frame).run()
        case (.batched, .parallel):
            switch core.costs.nextBatch() {
            case .atOnce: return try await ParallelWalk(core, frame).run()
            case .inOrder(measures: false):
                let start = ContinuousClock.now
                try await SequentialWalk(core: core, frame: frame).run()
                core.costs.addBatch(ContinuousClock.now - start)
            case .inOrder(measures: true):
                let next = try await SequentialWalk(core: core, frame: frame).runMeasuring()
                if next < pipeline.plan.units.count { return try await ParallelWalk(core, frame, from: next).run() }
            }
        case (.perItem, _): return try await ItemWalk(core, frame).run()
        case (.coalesced, _):
            // Who waits for a coalescer ends when cancelled; this batch is to be done whole. So it has a task of its own, which
            // nobody cancels.
            let core = core
            return try await Task { try await ItemWalk(core, frame).run() }.value
        }
        return .zero
    }

    // MARK: Columns in and out

    private func frame(
        _ batch: Batch, index: Int, gauge: MemoryGauge?, _ passage: Passage?
    ) throws(RuntimeError) -> BatchFrame {
        guard batch.count >= 0 else { throw .wrongColumn(name: "source", detail: "has \(batch.count) items") }
        guard batch.rejections.allSatisfy({ (0..<batch.count).contains($0.item) }) else {
            throw .wrongColumn(name: "source", detail: "rejects an item that the batch does not have")
        }
        let frame = BatchFrame(
            slotCount: core.program.slotCount, count: batch.count, batch: index, run: name, gauge: gauge,
            passage: passage)
        let rejections = sourceRejections(of: batch)
        for (slot, source) in pipeline.plan.sources.enumerated() {
            guard let column = batch.columns[source.name] else { throw .missingSource(source.name) }
            guard column.type == source.type, column.count == batch.count else {
                throw .wrongColumn(
                    name: source.name,
                    detail: "is \(column.count) × \(column.type) and should be \(batch.count) × \(source.type)")
            }
            frame.set(column, slot: slot)
            frame.setRejections(rejections, slot: slot)
        }
        return frame
    }

    private func result(of frame: BatchFrame, _ batch: Batch) throws -> BatchResult {
        let base = core.program.base
        let columns = try pipeline.plan.results.map { step in
            let column = frame.column(base + step)
            guard options.transfer == .json else { return column }
            let start = core.now()
            let received = try core.received(column, from: step)
            let wall = start.elapsed
            core.count { $0.rows[step].handOff += wall }
            return received
        }
        let found = frame.rejections(slots: pipeline.plan.results.lazy.map { base + $0 })
        // Those of the sources too, also where no node has read a source.
        return BatchResult(
            batch: frame.batch, count: frame.count, columns: ResultColumns(core.program.resultNames, columns),
            rejections: Rejection.merged([sourceRejections(of: batch), found]))
    }

    private func sourceRejections(of batch: Batch) -> [Rejection] {
        Rejection.inOrder(batch.rejections.map { Rejection(node: "source", run: name, error: $0) })
    }
}
