internal import HearthGraph

/// A plan as the walks want it: numbers side by side, and a body for every step. Made once a pipeline, read by every batch.
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

    let plan: ExecutionPlan
    let work: [NodeWork]
    /// By step: the bodies of those that compute.
    let bodies: [(any NodeBody)?]
    let kinds: [Kind]
    let base: Int
    /// Steps in the order of the units.
    let order: [Int32]
    private let releaseStarts: [Int32]
    private let releaseSlots: [Int32]
    private let inputStarts: [Int32]
    private let inputSlots: UnsafeMutablePointer<Int32>
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
        base = plan.sources.count
        bodies = work.map { if case .body(let body) = $0 { body } else { nil } }
        kinds = work.map { work in
            switch work {
            case .body(let body): body.traits.isSuperset(of: .costly) ? .costly : .plain
            case .waiting: .waiting
            case .model: .model
            }
        }
        order = plan.units.flatMap { $0.steps.map(Int32.init) }
        orderedSteps = work.indices.filter { work[$0].traits.contains(.ordered) }

        let isItemwise = work.map { $0.traits.contains(.itemwise) }
        var isDemanded = isItemwise.map { _ in false }
        for step in plan.results where isItemwise[step] { isDemanded[step] = true }
        for (step, node) in plan.steps.enumerated() where !isItemwise[step] {
            for slot in node.inputs where slot >= plan.sources.count && isItemwise[slot - plan.sources.count] {
                isDemanded[slot - plan.sources.count] = true
            }
        }
        self.isItemwise = isItemwise
        self.isDemanded = isDemanded

        var starts: [Int32] = [0]
        starts.reserveCapacity(plan.steps.count + 1)
        let inputCount = plan.steps.reduce(0) { $0 + $1.inputs.count }
        unsafe inputSlots = .allocate(capacity: max(1, inputCount))
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
        inputStarts = starts
        self.edgeCounts = edgeCounts

        var isKept = Array(repeating: false, count: plan.lifetimes.count)
        for step in plan.results { isKept[base + step] = true }
        self.isKept = isKept
        var counts = Array(repeating: Int32(0), count: order.count + 1)
        for (slot, lifetime) in plan.lifetimes.enumerated() where !isKept[slot] && plan.readers[slot] > 0 {
            counts[lifetime.upperBound + 1] += 1
        }
        for place in counts.indices.dropFirst() { counts[place] += counts[place - 1] }
        releaseStarts = counts
        var slots = Array(repeating: Int32(0), count: Int(counts.last ?? 0))
        for (slot, lifetime) in plan.lifetimes.enumerated() where !isKept[slot] && plan.readers[slot] > 0 {
            slots[Int(counts[lifetime.upperBound])] = Int32(slot)
            counts[lifetime.upperBound] += 1
        }
        releaseSlots = slots
    }

    deinit { unsafe inputSlots.deallocate() }

    var slotCount: Int { base + work.count }

    /// Calls `body` with what a step reads.
    @inline(__always)
    func withInput<R>(
        of step: Int, _ frame: BatchFrame, _ body: (borrowing NodeInput) throws -> R
    ) rethrows -> R {
        let start = inputStarts[step]
        return try unsafe body(
            NodeInput(frame, slots: inputSlots + Int(start), columnCount: Int(inputStarts[step + 1] - start)))
    }

    func withInput<R>(
        of step: Int, _ frame: BatchFrame, _ body: (borrowing NodeInput) async throws -> R
    ) async rethrows -> R {
        let start = inputStarts[step]
        return try await unsafe body(
            NodeInput(frame, slots: inputSlots + Int(start), columnCount: Int(inputStarts[step + 1] - start)))
    }

    /// Lets go of what nobody reads after the step at this place of ``order``.
    @inline(__always)
    func release(after place: Int, _ frame: BatchFrame) {
        var next = Int(releaseStarts[place])
        let end = Int(releaseStarts[place + 1])
        while next < end {
            frame.release(slot: Int(releaseSlots[next]))
            next += 1
        }
    }
}
