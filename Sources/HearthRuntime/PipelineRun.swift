internal import HearthGraph

/// How the nodes of a batch are ordered in time.
public enum Schedule: String, Hashable, Sendable, CaseIterable {
    /// One after the other, in the order of the plan.
    case sequential
    /// The nodes of one level at the same time.
    case parallel
}

/// One passage of batches through a pipeline: keeps the node table, tells observers, stands in the hook.
///
/// For use from one task at a time.
public final class PipelineRun {
    public let pipeline: Pipeline
    public let name: String
    public let schedule: Schedule
    public private(set) var table: NodeTable

    private let hook: (any NodeHook)?
    private let observers: [any RuntimeObserver]
    private var nextBatch = 0

    /// Below this mean cost of a call, a task of its own would cost more than it gains.
    private static let worthATask = Duration.microseconds(20)

    public init(
        _ pipeline: Pipeline, name: String = "run", schedule: Schedule = .sequential, hook: (any NodeHook)? = nil,
        observers: [any RuntimeObserver] = []
    ) {
        self.pipeline = pipeline
        self.name = name
        self.schedule = schedule
        self.hook = hook
        self.observers = observers
        table = NodeTable(rows: pipeline.plan.steps.map { NodeTable.Row(name: $0.name, level: $0.level) })
    }

    /// Puts one batch through every node.
    ///
    /// A batch once begun is done whole: cancellation is looked at before the first node only.
    ///
    /// - Parameters:
    ///   - batch: documents, a column for each source of the pipeline.
    ///   - checksCancellation: false for a batch that is to be done though the task is cancelled.
    /// - Throws: `CancellationError`; ``RuntimeError`` for a batch that does not fit; ``NodeFailure``.
    public func process(_ batch: Batch, checksCancellation: Bool = true) async throws -> BatchResult {
        if checksCancellation { try Task.checkCancellation() }
        let index = nextBatch
        nextBatch += 1
        var slots = try sourceSlots(batch)
        let start = ContinuousClock.now
        emit(.batchStarted(batch: index, items: batch.count))
        for level in pipeline.plan.levels {
            switch schedule {
            case .sequential: try await runInOrder(level, of: batch, index: index, slots: &slots)
            case .parallel: try await runAtOnce(level, of: batch, index: index, slots: &slots)
            }
        }
        let result = result(of: batch, index: index, slots: slots)
        let wall = ContinuousClock.now - start
        table.count(batchOf: batch.count, wall: wall)
        emit(.batchFinished(batch: index, items: batch.count, rejected: result.rejections.count, wall: wall))
        return result
    }

    // MARK: Levels

    /// A column with the items that were set aside on the way to it.
    private struct Slot: Sendable {
        var column: Column
        var rejections: [Rejection]
    }

    private struct Finished: Sendable {
        var step: Int
        var slot: Slot
        var rejected: Int
        var wall: Duration
    }

    private func runInOrder(_ level: Range<Int>, of batch: Batch, index: Int, slots: inout [Slot?]) async throws {
        for step in level {
            let input = input(of: step, batch: batch, index: index, slots: slots)
            let finished = try await Self.run(
                step, of: pipeline, input: input, hook: hook, observers: observers)
            take(finished, items: batch.count, slots: &slots)
            for slot in pipeline.plan.steps[step].releases { slots[slot] = nil }
        }
    }

    private func runAtOnce(_ level: Range<Int>, of batch: Batch, index: Int, slots: inout [Slot?]) async throws {
        let worthy = level.filter { table.rows[$0].wall >= Self.worthATask * table.rows[$0].calls }
        let spawned = worthy.dropLast()
        if spawned.isEmpty { return try await runInOrder(level, of: batch, index: index, slots: &slots) }
        let inputs = level.map { input(of: $0, batch: batch, index: index, slots: slots) }
        let (pipeline, hook, observers) = (pipeline, hook, observers)
        let all = try await withThrowingTaskGroup(of: Finished.self) { group in
            for step in spawned {
                let input = inputs[step - level.lowerBound]
                group.addTask {
                    try await Self.run(step, of: pipeline, input: input, hook: hook, observers: observers)
                }
            }
            // The rest stays here: what is cheap, and one of the dear ones.
            var all: [Finished] = []
            for step in level where !spawned.contains(step) {
                all.append(
                    try await Self.run(
                        step, of: pipeline, input: inputs[step - level.lowerBound], hook: hook, observers: observers))
            }
            for try await finished in group { all.append(finished) }
            return all
        }
        for finished in all { take(finished, items: batch.count, slots: &slots) }
        for step in level {
            for slot in pipeline.plan.steps[step].releases { slots[slot] = nil }
        }
    }

    private func take(_ finished: Finished, items: Int, slots: inout [Slot?]) {
        slots[pipeline.plan.sources.count + finished.step] = finished.slot
        table.rows[finished.step].calls += 1
        table.rows[finished.step].items += items
        table.rows[finished.step].rejected += finished.rejected
        table.rows[finished.step].wall += finished.wall
    }

    // MARK: One node

    private static func run(
        _ index: Int, of pipeline: Pipeline, input: NodeInput, hook: (any NodeHook)?, observers: [any RuntimeObserver]
    ) async throws -> Finished {
        let step = pipeline.plan.steps[index]
        let body = pipeline.bodies[index]
        for observer in observers { observer.record(.nodeStarted(node: step.name, batch: input.batch)) }
        let start = ContinuousClock.now
        let output: NodeOutput
        do {
            if let hook {
                let call = NodeCall(
                    step: index, name: step.name, level: step.level, batch: input.batch, run: input.run)
                output = try await hook.around(call) { try await body.evaluate(input) }
            } else {
                output = try await body.evaluate(input)
            }
            try check(output, of: step, count: input.count)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw NodeFailure(node: step.name, run: input.run, batch: input.batch, underlying: error)
        }
        let wall = ContinuousClock.now - start
        let new = output.rejections.map { Rejection(node: step.name, run: input.run, error: $0) }
        let rejections = new.isEmpty ? input.rejections : merged([input.rejections, new])
        for observer in observers {
            observer.record(
                .nodeFinished(
                    node: step.name, batch: input.batch, items: input.count, rejected: new.count, wall: wall))
        }
        return Finished(
            step: index, slot: Slot(column: output.column, rejections: rejections), rejected: new.count, wall: wall)
    }

    private static func check(_ output: NodeOutput, of step: ExecutionPlan.Step, count: Int) throws(RuntimeError) {
        guard output.column.type == step.output else {
            throw .wrongColumn(name: step.name, detail: "is \(output.column.type) and should be \(step.output)")
        }
        guard output.column.count == count else {
            throw .wrongColumn(name: step.name, detail: "has \(output.column.count) items and should have \(count)")
        }
        guard output.rejections.allSatisfy({ (0..<count).contains($0.item) }) else {
            throw .wrongColumn(name: step.name, detail: "rejects an item that the batch does not have")
        }
    }

    // MARK: Slots

    private func sourceSlots(_ batch: Batch) throws(RuntimeError) -> [Slot?] {
        var slots: [Slot?] = []
        slots.reserveCapacity(pipeline.plan.sources.count + pipeline.plan.steps.count)
        let rejections = batch.rejections.map { Rejection(node: "source", run: name, error: $0) }
        guard batch.rejections.allSatisfy({ (0..<batch.count).contains($0.item) }) else {
            throw .wrongColumn(name: "source", detail: "rejects an item that the batch does not have")
        }
        for source in pipeline.plan.sources {
            guard let column = batch.columns[source.name] else { throw .missingSource(source.name) }
            guard column.type == source.type, column.count == batch.count else {
                throw .wrongColumn(
                    name: source.name,
                    detail: "is \(column.count) × \(column.type) and should be \(batch.count) × \(source.type)")
            }
            slots.append(Slot(column: column, rejections: Self.merged([rejections])))
        }
        slots.append(contentsOf: repeatElement(nil, count: pipeline.plan.steps.count))
        return slots
    }

    private func input(of step: Int, batch: Batch, index: Int, slots: [Slot?]) -> NodeInput {
        let read = pipeline.plan.steps[step].inputs.compactMap { slots[$0] }
        return NodeInput(
            columns: read.map(\.column), count: batch.count, rejections: Self.merged(read.map(\.rejections)),
            batch: index, run: name)
    }

    private func result(of batch: Batch, index: Int, slots: [Slot?]) -> BatchResult {
        var columns: [String: Column] = [:]
        var rejections: [[Rejection]] = []
        for step in pipeline.plan.results {
            guard let slot = slots[pipeline.plan.sources.count + step] else { continue }
            columns[pipeline.plan.steps[step].name] = slot.column
            rejections.append(slot.rejections)
        }
        return BatchResult(
            batch: index, count: batch.count, columns: columns, rejections: Self.merged(rejections))
    }

    /// By item, each item once; of several for one item, the first.
    private static func merged(_ lists: [[Rejection]]) -> [Rejection] {
        guard lists.contains(where: { !$0.isEmpty }) else { return [] }
        var byItem: [Int: Rejection] = [:]
        for rejection in lists.joined() where byItem[rejection.item] == nil { byItem[rejection.item] = rejection }
        return byItem.values.sorted { $0.item < $1.item }
    }

    private func emit(_ event: RuntimeEvent) {
        for observer in observers { observer.record(event) }
    }
}
