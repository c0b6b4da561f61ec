internal import HearthGraph
internal import Synchronization

/// What all tasks of a run share: the pipeline, the options, what is remembered, and who wants to be told.
final class RunCore: Sendable {
    let program: Program
    let name: String
    let options: RunOptions
    let hook: (any NodeHook)?
    let observers: [any RuntimeObserver]
    let registry: ModelRegistry
    /// By step; nil where nothing is remembered.
    let memos: [NodeMemo?]
    let costs: UnitCosts
    let gauge: MemoryGauge?
    let turns: [Int: Turnstile]
    let coalescers = Mutex<[String: ModelCoalescer]>([:])
    private let table: Mutex<NodeTable>

    init(
        _ pipeline: Pipeline, name: String, options: RunOptions, registry: ModelRegistry, hook: (any NodeHook)?,
        observers: [any RuntimeObserver]
    ) {
        program = pipeline.program
        self.name = name
        self.options = options
        self.hook = hook
        self.observers = observers
        self.registry = registry
        gauge = options.keepsTable || options.bytesInFlight != nil ? MemoryGauge() : nil
        let program = program
        let remembers = program.work.map { work in
            // Records have another shape from batch to batch; what is remembered has one.
            options.memoBytes != nil && work.output != .record && !work.inputs.contains(.record)
                && work.traits.contains(options.evaluation == .batched ? .costly : .itemwise)
        }
        let share = (options.memoBytes ?? 0) / max(1, remembers.count { $0 })
        memos = remembers.map { $0 ? NodeMemo(maximumBytes: share) : nil }
        costs = UnitCosts(program.plan)
        turns = Dictionary(uniqueKeysWithValues: program.orderedSteps.map { ($0, Turnstile()) })
        let rows = program.plan.steps.lazy.map { (name: $0.name, level: $0.level, model: $0.model) }
        table = Mutex(NodeTable(options.keepsTable ? Array(rows) : []))
    }

    /// Nobody looks: steps are called and nothing else.
    var isBare: Bool {
        hook == nil && observers.isEmpty && gauge == nil && options.transfer == .columnar
            && options.errors == .setAside
    }

    // MARK: Telling

    func emit(_ event: @autoclosure () -> RuntimeEvent) {
        guard !observers.isEmpty else { return }
        let event = event()
        for observer in observers { observer.record(event) }
    }

    func count(_ change: (inout NodeTable) -> Void) {
        if options.keepsTable { table.withLock { change(&$0) } }
    }

    var tableValue: NodeTable? {
        guard options.keepsTable, let gauge else { return nil }
        return table.withLock { table in
            table.peakBytes = gauge.peak
            return table
        }
    }

    var isTimed: Bool { options.keepsTable || !observers.isEmpty }

    /// The clock, where somebody wants times.
    func now() -> ContinuousClock.Instant? { isTimed ? ContinuousClock.now : nil }
}

extension ContinuousClock.Instant? {
    /// The time since, zero where nobody wanted to know.
    var elapsed: Duration { map { ContinuousClock.now - $0 } ?? .zero }
}
