/// Steps that compute, called one after the other when nobody looks: no clock, no event, no hook. What the runtime itself costs is
/// this loop.
@safe
struct PlainLoop {
    let core: RunCore
    let frame: BatchFrame
    /// A place after which nothing is let go: where units run at once, what the first step of a chain reads others may have yet
    /// to read. Below zero where places run in their order.
    let keepingAfter: Int

    /// Runs places from `first` on, up to `end` or to the first that does not merely compute, which it returns.
    ///
    /// Nothing in the loop counts references but of the columns that come and go: it works on the memory of the program and of the
    /// frame, which both live as long as the call.
    func run(from first: Int, to end: Int) throws -> Int {
        let (core, frame) = (core, frame)
        let program = core.program
        precondition(first >= 0 && end <= program.placeCount, "the plan has no such places")
        let places = unsafe program.places
        let slots = unsafe frame.mutableColumnsBySlot
        let count = frame.count
        let remembers = core.options.memoBytes != nil
        var place = first
        while place < end {
            let record = unsafe places + place
            let kind = unsafe record.pointee.kind
            guard kind == .plain || (kind == .costly && !remembers), let body = unsafe record.pointee.body else {
                break
            }
            // Its body may trip over what items have left that were set aside, and must not have taken a column by then.
            if frame.hasRejections, unsafe isPickingItems(Int(record.pointee.step)) { break }
            let output: NodeOutput
            do {
                output = try unsafe body.type._withUnsafeGuaranteedRef { type in
                    try unsafe type.call(
                        body.address,
                        NodeInput(
                            frame, slots: record.pointee.inputs, columnCount: Int(record.pointee.inputCount),
                            lastReads: record.pointee.releases,
                            lastReadCount: place == keepingAfter ? 0 : Int(record.pointee.releaseCount)))
                }
            } catch {
                throw core.failure(of: unsafe Int(record.pointee.step), frame, error)
            }
            if unsafe output.column.typeCode == record.pointee.type, output.column.count == count,
                output.rejections.isEmpty, !frame.hasRejections
            {
                unsafe slots[Int(record.pointee.slot)] = (consume output).column
            } else {
                try finish(output, unsafe Int(record.pointee.step))
            }
            if place != keepingAfter {
                var index = 0
                while unsafe index < Int(record.pointee.releaseCount) {
                    // Most have been taken by the body.
                    let slot = unsafe slots + Int(record.pointee.releases[index])
                    if unsafe slot.pointee != nil { unsafe slot.pointee = nil }
                    index += 1
                }
            }
            place += 1
        }
        return place
    }

    /// Whether a step works item by item, and some of its items were set aside.
    private func isPickingItems(_ step: Int) -> Bool {
        core.program.isItemwise[step] && !frame.rejections(slots: core.program.plan.steps[step].inputs).isEmpty
    }

    /// A column that breaks a promise, or comes with items that were set aside.
    private func finish(_ output: NodeOutput, _ step: Int) throws {
        let node = core.program.plan.steps[step]
        do {
            try core.check(output, of: node, count: frame.count)
        } catch {
            throw core.failure(of: step, frame, error)
        }
        try core.finish(step, output, frame.rejections(slots: node.inputs), frame)
    }
}
