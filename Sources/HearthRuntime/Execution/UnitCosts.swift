internal import HearthGraph
internal import Synchronization

/// What every unit of a plan has cost so far, to tell those that are worth a task. Safe to use from many tasks.
final class UnitCosts: Sendable {
    private struct Cost {
        var calls = 0
        var wall = Duration.zero
    }

    private struct State {
        var costs: [Cost]
        var batches = 0
        /// Nil until all have been measured.
        var isAnyWorthATask: Bool?
    }

    /// Making, starting and waiting for a task takes 1.3 to 2.6 µs on such machines; what takes less than ten times that stays
    /// where it is.
    private static let worthATask = Duration.microseconds(20)
    /// In a graph of more units than this, units are measured before the first of them is given a task.
    private static let fewUnits = 256

    private let state: Mutex<State>
    private let waits: [Bool]
    private let isSmall: Bool

    init(_ plan: ExecutionPlan) {
        waits = plan.units.map { unit in unit.kind != .chain }
        isSmall = plan.units.count <= Self.fewUnits
        state = Mutex(State(costs: Array(repeating: Cost(), count: plan.units.count)))
    }

    func add(_ wall: Duration, of unit: Int) {
        state.withLock { state in
            state.costs[unit].calls += 1
            state.costs[unit].wall += wall
        }
    }

    /// Whether a unit is worth a task. One that was never measured is, in a small graph; one that calls a model is.
    func isWorthATask(_ unit: Int) -> Bool {
        state.withLock { Self.isWorthATask($0.costs[unit], waits: waits[unit], isSmall: isSmall) }
    }

    private static func isWorthATask(_ cost: Cost, waits: Bool, isSmall: Bool) -> Bool {
        if cost.calls == 0 { return waits || isSmall }
        return cost.wall >= worthATask * cost.calls
    }

    /// How the next batch goes: whether its units are to be measured, and whether some are worth a task. Measured are the first
    /// batch, the second, the fourth and so on, since costs change.
    func nextBatch() -> (measures: Bool, isAnyWorthATask: Bool) {
        state.withLock { state in
            state.batches += 1
            let measures = state.batches.nonzeroBitCount == 1
            if measures || state.isAnyWorthATask == nil {
                state.isAnyWorthATask = state.costs.indices.contains {
                    Self.isWorthATask(state.costs[$0], waits: waits[$0], isSmall: isSmall)
                }
            }
            return (measures, state.isAnyWorthATask ?? true)
        }
    }
}
