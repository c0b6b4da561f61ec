internal import HearthGraph
internal import Synchronization

/// What every unit of a plan has cost so far: which are worth a task, and whether running units at once is worth anything. Safe to
/// use from many tasks.
final class UnitCosts: Sendable {
    /// Of a unit's last two calls, in nanoseconds; below zero where there were none. Two words, since a large graph has many.
    private struct Cost {
        private var last = Int64(-1)
        private var before = Int64(-1)

        var isKnown: Bool { last >= 0 }

        /// The smaller of the two: on a busy machine a thread that has lost its core within a unit would make a cheap one look
        /// dear, and that seldom comes twice.
        var typical: Duration { .nanoseconds(before < 0 ? max(0, last) : min(last, before)) }

        mutating func add(_ wall: Duration) {
            let parts = wall.components
            (before, last) = (last, parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
        }
    }

    private struct State {
        var costs: [Cost]
        /// How many units were measured, and what they cost together, each at its first call.
        var measured = 0
        var measuredWall = Duration.zero
        var batches = 0
        /// Whether nodes run at once, until it is decided anew.
        var isWorthIt: Bool
        var isUndecided = true
        /// Batches to be measured before it is.
        var toMeasure = 2
        /// What the first batch took that ran in order after it was decided; nil before there was one.
        var usual: Duration?
        /// Since it was decided.
        var batchesInOrder = 0

        init(_ plan: ExecutionPlan, isWorthIt: Bool) {
            costs = Array(repeating: Cost(), count: plan.units.count)
            self.isWorthIt = isWorthIt
        }

        /// Batches that run at once are always measured.
        mutating func look() {
            if isUndecided { return }
            isUndecided = true
            toMeasure = isWorthIt ? 0 : 2
        }

        var isDearOnAverage: Bool {
            measuredWall >= UnitCosts.worthALook && measuredWall >= UnitCosts.worthATask * measured
        }
    }

    /// Making, starting and waiting for a task takes 1.3 to 2.6 µs on such machines; what takes less than ten times that stays
    /// where it is.
    private static let worthATask = Duration.microseconds(20)
    /// A large graph that has taken less has not shown anything.
    private static let worthALook = Duration.milliseconds(1)
    /// In a graph of more units than this, some are measured before the first of them is given a task.
    private static let fewUnits = 256
    /// Nor are they looked at more often because a batch took long.
    private static let batchesBeforeALook = 8

    private let state: Mutex<State>
    private let plan: ExecutionPlan
    private let isSmall: Bool
    /// Costs change. Of a large graph measuring takes three times what its batch does when nodes do nothing.
    private var batchesBetweenLooks: Int { isSmall ? 8 : 64 }

    init(_ plan: ExecutionPlan) {
        self.plan = plan
        isSmall = plan.units.count <= Self.fewUnits
        state = Mutex(State(plan, isWorthIt: isSmall && plan.units.count > 1))
    }

    /// Gives whether a large graph that is being measured in order has shown that its units are worth tasks.
    @discardableResult
    func add(_ wall: Duration, of unit: Int) -> Bool {
        state.withLock { state in
            if !state.costs[unit].isKnown {
                state.measured += 1
                state.measuredWall += wall
            }
            state.costs[unit].add(wall)
            return state.isDearOnAverage
        }
    }

    /// Whether a unit is worth a task. One that was never measured is in a small graph, and in a large one if those measured are on
    /// average.
    func isWorthATask(_ unit: Int) -> Bool {
        state.withLock { state in
            if state.costs[unit].isKnown { return state.costs[unit].typical >= Self.worthATask }
            return isSmall || state.isDearOnAverage
        }
    }

    enum Way {
        case inOrder(measures: Bool)
        case atOnce
    }

    /// How the next batch of a parallel schedule goes. It is decided by what the last two that were measured cost: the first two of a
    /// run, and two more whenever costs may have changed. Large graphs are measured in order until they show to be dear.
    func nextBatch() -> Way {
        state.withLock { state in
            state.batches += 1
            if state.batches.isMultiple(of: batchesBetweenLooks) { state.look() }
            if state.toMeasure > 0 {
                state.toMeasure -= 1
                return state.isWorthIt ? .atOnce : .inOrder(measures: true)
            }
            if state.isUndecided {
                decide(&state)
                state.isUndecided = false
            }
            return state.isWorthIt ? .atOnce : .inOrder(measures: false)
        }
    }

    /// What a batch took that ran in order, unmeasured. Measuring costs more than small units do: a machine that is busy for a while
    /// must not make it the rule.
    func addBatch(_ wall: Duration) {
        state.withLock { state in
            state.batchesInOrder += 1
            guard let usual = state.usual else { return state.usual = wall }
            if wall > usual * 4 + Self.worthALook, state.batchesInOrder >= Self.batchesBeforeALook { state.look() }
        }
    }

    /// Whether running what is worth a task at once saves a notable part of a batch: the longest way through these units takes as
    /// long however many run at once.
    private func decide(_ state: inout State) {
        let costs = state.costs
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
        state.usual = nil
        state.batchesInOrder = 0
        state.isWorthIt = dear - longest > max(Self.worthATask, all / 20)
    }
}
