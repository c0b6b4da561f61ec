internal import HeapModule
internal import HearthGraph
internal import Synchronization

/// A batch through the plan, each unit as soon as its inputs are there.
///
/// What costs less than a task runs in the task that finds it ready; what costs more gets one. A task that has finished a unit goes
/// on with the next if just one became ready by that.
final class ParallelWalk: Sendable {
    private struct State {
        /// By unit, how many must be done before it.
        var waiting: [Int32]
        /// By slot, how many inputs of steps have yet to read it.
        var readers: [Int32]
    }

    private let core: RunCore
    private let frame: BatchFrame
    private let state: Mutex<State>
    private let time = TaskTime()
    private let first: Int

    /// - Parameter first: units before this one are done, in their order.
    init(_ core: RunCore, _ frame: BatchFrame, from first: Int = 0) {
        self.core = core
        self.frame = frame
        self.first = first
        let plan = core.program.plan
        var readers = core.program.edgeCounts
        for unit in plan.units[..<first] {
            for step in unit.steps { for slot in plan.steps[step].inputs { readers[slot] -= 1 } }
        }
        state = Mutex(
            State(waiting: plan.units.map { Int32($0.predecessors.count { $0 >= first }) }, readers: readers))
    }

    /// Gives the time of its tasks beside the one that calls this; see ``TaskTime``.
    func run() async throws -> Duration {
        let plan = core.program.plan
        var queue = ReadyQueue()
        let waiting = state.withLock(\.waiting)
        queue.add((first..<plan.units.count).filter { waiting[$0] == 0 }, core)
        try await withThrowingTaskGroup(of: [Int].self) { group in
            var running = 0
            while true {
                if let unit = queue.popCheap() {
                    queue.add(try await runUnit(unit), core)
                } else if running == 0, queue.dearCount == 1, let unit = queue.popDear() {
                    queue.add(try await runUnit(unit), core)
                } else if let unit = queue.popDear() {
                    running += 1
                    group.addTask { try await self.time.child { try await self.runOn(from: unit) } }
                } else if running > 0, let ready = try await time.waiting({ try await group.next() }) {
                    running -= 1
                    queue.add(ready, core)
                } else {
                    return
                }
            }
        }
        return time.total
    }

    /// A child task: a unit, and what follows as long as that is one.
    private func runOn(from first: Int) async throws -> [Int] {
        var ready = [first]
        while ready.count == 1 { ready = try await runUnit(ready[0]) }
        return ready
    }

    /// Runs a unit, lets go of what it was the last to read, and gives the units that became ready.
    private func runUnit(_ number: Int) async throws -> [Int] {
        let unit = core.program.plan.units[number]
        let start = ContinuousClock.now
        switch unit.kind {
        case .dispatch: try await core.dispatch(unit.steps, frame)
        case .chain: try await runChain(number)
        }
        core.costs.add(ContinuousClock.now - start, of: number)
        return finish(number, unit)
    }

    private func runChain(_ number: Int) async throws {
        let program = core.program
        let (first, end) = (program.unitStarts[number], program.unitStarts[number + 1])
        var place = first
        while place < end {
            if core.isBare {
                place = try PlainLoop(core: core, frame: frame, keepingAfter: first).run(from: place, to: end)
                if place == end { return }
            }
            try await core.runStep(program.step(at: place), frame)
            // Within a chain nobody else reads what the next step reads; what the first one reads others may.
            if place > first { program.release(after: place, frame) }
            place += 1
        }
    }

    private func finish(_ number: Int, _ unit: ExecutionPlan.Unit) -> [Int] {
        let program = core.program
        let (released, ready) = state.withLock { state in
            var released: [Int] = []
            for (index, step) in unit.steps.enumerated() {
                if index > 0, unit.kind == .chain { break }
                for slot in program.plan.steps[step].inputs {
                    state.readers[slot] -= 1
                    if state.readers[slot] == 0, !program.isKept[slot] { released.append(slot) }
                }
            }
            let ready = unit.successors.filter { successor in
                state.waiting[successor] -= 1
                return state.waiting[successor] == 0
            }
            return (released, ready)
        }
        for slot in released { frame.release(slot: slot) }
        return ready
    }
}

/// Units whose inputs are there: those that run where they are found, and those worth a task, of which that with the longest way
/// to the end is next.
private struct ReadyQueue {
    private struct Dear: Comparable {
        let unit: Int
        let height: Int

        static func < (one: Dear, other: Dear) -> Bool { one.height < other.height }
    }

    private var cheap: [Int] = []
    private var dear = Heap<Dear>()

    var dearCount: Int { dear.count }

    mutating func add(_ units: [Int], _ core: RunCore) {
        for unit in units {
            if core.costs.isWorthATask(unit) {
                dear.insert(Dear(unit: unit, height: core.program.plan.units[unit].height))
            } else {
                cheap.append(unit)
            }
        }
    }

    mutating func popCheap() -> Int? { cheap.popLast() }
    mutating func popDear() -> Int? { dear.popMax()?.unit }
}
