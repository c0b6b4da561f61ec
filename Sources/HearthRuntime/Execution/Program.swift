internal import HearthGraph

/// A plan as the walks want it: in the order in which steps run, numbers side by side. Made once a pipeline, read by every batch.
@safe
final class Program: @unchecked Sendable {
    /// What a walk has to know of a step before it calls it.
    enum Kind: UInt8 {
        /// A body that computes; nothing is remembered of it in batches.
        case plain
        /// A body that computes, and whose values may be remembered.
        case costly
        case waiting
        case model
    }

    /// A step in the order in which steps run: all that calling it takes, in one cache line.
    @safe
    struct Place {
        /// Of a step that computes.
        let body: BodyArena.Entry?
        let inputs: UnsafePointer<Int32>
        let releases: UnsafePointer<Int32>
        let inputCount: Int32
        let releaseCount: Int32
        let step: Int32
        /// Of the step's column.
        let slot: Int32
        let type: Int
        let kind: Kind
    }

    let plan: ExecutionPlan
    let work: [NodeWork]
    let base: Int
    /// In the order of the units.
    let places: UnsafePointer<Place>
    let placeCount: Int
    /// Keeps the bodies of ``places`` alive.
    private let bodies: BodyArena
    /// By unit: its first place; the next one's is where it ends.
    let unitStarts: [Int]
    /// By step: the slots it reads.
    private let inputStarts: [Int32]
    private let inputSlots: UnsafeMutablePointer<Int32>
    private let releaseSlots: UnsafeMutablePointer<Int32>
    /// Of the plan's results.
    let resultNames: ResultColumns.Names
    /// By slot: whether its column outlives the batch.
    let isKept: [Bool]
    /// By slot: how many inputs of steps read it.
    let edgeCounts: [Int32]
    /// Steps of which batches must come in order.
    let orderedSteps: [Int]
    /// By step: whether items can be evaluated one by one.
    let isItemwise: [Bool]
    /// Of those, the ones of which somebody wants the whole column: a node that takes whole batches, or the caller.
    let isDemanded: [Bool]

    init(_ plan: ExecutionPlan, work: [NodeWork]) {
        self.plan = plan
        self.work = work
        let base = plan.sources.count
        self.base = base
        resultNames = ResultColumns.Names(plan.results.map { plan.steps[$0].name })
        orderedSteps = work.indices.filter { work[$0].traits.contains(.ordered) }
        // Items one by one have no order of batches.
        let isItemwise = work.map { $0.traits.contains(.itemwise) && !$0.traits.contains(.ordered) }
        self.isItemwise = isItemwise
        isDemanded = Self.demanded(plan, isItemwise)

        var starts: [Int32] = [0]
        starts.reserveCapacity(plan.steps.count + 1)
        let inputCount = plan.steps.reduce(0) { $0 + $1.inputs.count }
        let inputSlots = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, inputCount))
        var next = 0
        var edgeCounts = Array(repeating: Int32(0), count: plan.lifetimes.count)
        for step in plan.steps {
            for slot in step.inputs {
                edgeCounts[slot] += 1
                unsafe (inputSlots + next).initialize(to: Int32(slot))
                next += 1
            }
            starts.append(Int32(next))
        }
        unsafe self.inputSlots = inputSlots
        inputStarts = starts
        self.edgeCounts = edgeCounts

        var isKept = Array(repeating: false, count: plan.lifetimes.count)
        for step in plan.results { isKept[base + step] = true }
        self.isKept = isKept
        let order = plan.order
        var released = Array(repeating: 0, count: order.count + 1)
        for (slot, lifetime) in plan.lifetimes.enumerated() where !isKept[slot] && plan.readers[slot] > 0 {
            released[lifetime.upperBound + 1] += 1
        }
        for place in released.indices.dropFirst() { released[place] += released[place - 1] }
        let releaseSlots = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, released.last ?? 0))
        var fill = released
        for (slot, lifetime) in plan.lifetimes.enumerated() where !isKept[slot] && plan.readers[slot] > 0 {
            unsafe (releaseSlots + fill[lifetime.upperBound]).initialize(to: Int32(slot))
            fill[lifetime.upperBound] += 1
        }
        unsafe self.releaseSlots = releaseSlots

        placeCount = order.count
        let places = UnsafeMutablePointer<Place>.allocate(capacity: max(1, order.count))
        let bodies = BodyArena(
            order.compactMap { step in
                guard case .body(let body, let type) = work[step] else { return nil }
                return (body, type)
            })
        var entries = bodies.entries[...]
        for (number, step) in order.enumerated() {
            let body: BodyArena.Entry? = if case .body = work[step] { entries.removeFirst() } else { nil }
            unsafe (places + number).initialize(
                to: Place(
                    body: body, inputs: inputSlots + Int(starts[step]),
                    releases: releaseSlots + released[number],
                    inputCount: starts[step + 1] - starts[step],
                    releaseCount: Int32(released[number + 1] - released[number]), step: Int32(step),
                    slot: Int32(base + step), type: plan.steps[step].output.code, kind: work[step].kind))
        }
        unsafe self.places = UnsafePointer(places)
        self.bodies = bodies
        unitStarts = plan.units.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.steps.count) }
    }

    deinit {
        unsafe places.deallocate()
        unsafe inputSlots.deallocate()
        unsafe releaseSlots.deallocate()
    }

    private static func demanded(_ plan: ExecutionPlan, _ isItemwise: [Bool]) -> [Bool] {
        var isDemanded = isItemwise.map { _ in false }
        for step in plan.results where isItemwise[step] { isDemanded[step] = true }
        for (step, node) in plan.steps.enumerated() where !isItemwise[step] {
            for slot in node.inputs where slot >= plan.sources.count && isItemwise[slot - plan.sources.count] {
                isDemanded[slot - plan.sources.count] = true
            }
        }
        return isDemanded
    }

    var slotCount: Int { base + work.count }

    /// Calls `body` with what a step reads.
    func withInput<R>(of step: Int, _ frame: BatchFrame, _ body: (borrowing NodeInput) throws -> R) rethrows -> R {
        let start = inputStarts[step]
        return try unsafe body(
            NodeInput(
                frame, slots: inputSlots + Int(start), columnCount: Int(inputStarts[step + 1] - start),
                lastReads: inputSlots, lastReadCount: 0))
    }

    func withInput<R>(
        of step: Int, _ frame: BatchFrame, _ body: (borrowing NodeInput) async throws -> R
    ) async rethrows -> R {
        let start = inputStarts[step]
        return try await unsafe body(
            NodeInput(
                frame, slots: inputSlots + Int(start), columnCount: Int(inputStarts[step + 1] - start),
                lastReads: inputSlots, lastReadCount: 0))
    }

    func step(at place: Int) -> Int {
        precondition(place >= 0 && place < placeCount, "the plan has no such place")
        return unsafe Int(places[place].step)
    }

    /// Lets go of what nobody reads after a place, where places run in their order.
    func release(after place: Int, _ frame: BatchFrame) {
        precondition(place >= 0 && place < placeCount, "the plan has no such place")
        let record = unsafe places[place]
        for index in 0..<Int(record.releaseCount) { frame.release(slot: unsafe Int(record.releases[index])) }
    }
}

extension NodeWork {
    var kind: Program.Kind {
        switch self {
        // What takes batches in order waits for its turn.
        case .body(let body, _) where body.traits.contains(.ordered): .waiting
        case .body(let body, _): body.traits.isSuperset(of: .costly) ? .costly : .plain
        case .waiting: .waiting
        case .model: .model
        }
    }
}

extension ColumnType {
    /// Another number for every type.
    var code: Int {
        switch self {
        case .bytes: 0
        case .text: 1
        case .texts: 2
        case .boolean: 3
        case .integer32: 4
        case .integer: 5
        case .float: 6
        case .number: 7
        case .record: 8
        case .vector(let dimension): dimension << 4 | 9
        }
    }
}
