internal import HearthGraph
internal import Synchronization

/// What every unit of a plan has cost so far: which are worth a task, and whether running units at once is worth anything. Safe to
/// use from many tasks.
final class UnitCosts: Sendable {
    private struct Cost {
        var calls = 0
        private var last = Duration.zero
        private var before = Duration.zero

        /// The smaller of the last two: on a busy machine a thread that has lost its core within a unit would make a cheap one look
        /// dear, and that seldom comes twice.
        var typical: Duration { calls == 1 ? last : min(last, before) }

        mutating func add(_ wall: Duration) {
            calls += 1
            (before, last) = (last, wall)
        }
    }

    private struct State {
        var costs: [Cost]
        var batches = 0
        var isWorthIt = true
    }

    /// Making, starting and waiting for a task takes 1.3 to 2.6 µs on such machines; what takes less than ten times that stays
    /// where it is.
    private static let worthATask = Duration.microseconds(20)
    /// In a graph of more units than this, units are measured before the first of them is given a task.
    private static let fewUnits = 256

    private let state: Mutex<State>
    private let plan: ExecutionPlan
    private let isSmall: Bool

    init(_ plan: ExecutionPlan) {
        self.plan = plan
        isSmall = plan.units.count <= Self.fewUnits
        state = Mutex(State(costs: Array(repeating: Cost(), count: plan.units.count)))
    }

    func add(_ wall: Duration, of unit: Int) {
        state.withLock { $0.costs[unit].add(wall) }
    }

    /// Whether a unit is worth a task. One that was never measured is.
    func isWorthATask(_ unit: Int) -> Bool {
        state.withLock { $0.costs[unit].calls == 0 || $0.costs[unit].typical >= Self.worthATask }
    }

    enum Way {
        case inOrder(measures: Bool)
        case atOnce
    }

    /// How the next batch of a parallel schedule goes. Large graphs are measured twice. Costs change: they are looked at before the
    /// third batch, the fourth, the eighth and so on, and batches that run in order measure then.
    func nextBatch() -> Way {
        state.withLock { state in
            state.batches += 1
            if state.batches <= 2 {
                state.isWorthIt = isSmall && plan.units.count > 1
                return state.isWorthIt ? .atOnce : .inOrder(measures: true)
            }
            let looks = state.batches == 3 || state.batches.nonzeroBitCount == 1
            if looks { state.isWorthIt = isWorthIt(state.costs) }
            return state.isWorthIt ? .atOnce : .inOrder(measures: looks)
        }
    }

    /// Whether running what is worth a task at once saves a notable part of a batch: the longest way through these units takes as
    /// long however many run at once.
    private func isWorthIt(_ costs: [Cost]) -> Bool {
        var (all, dear, longest) = (Duration.zero, Duration.zero, Duration.zero)
        var way = Array(repeating: Duration.zero, count: costs.count)
        for (number, unit) in plan.units.enumerated() {
            let cost = costs[number].typical
            all += cost
            way[number] = unit.predecessors.reduce(.zero) { max($0, way[$1]) }
            if cost >= Self.worthATask {
                dear += cost
                way[number] += cost
            }
            longest = max(longest, way[number])
        }
        return dear - longest > max(Self.worthATask, all / 20)
    }
}
