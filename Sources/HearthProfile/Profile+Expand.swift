extension Profile {
    /// What frames become; see ``expandFrames(_:)``.
    package struct ExpandedFrames {
        /// For each frame what takes its place.
        package var outer: [Frame]
        /// The functions inlined there, each behind its caller, frame by frame.
        package var inlined: [Frame] = []
        /// For each frame where its functions in `inlined` end; they begin where those of the one before end.
        package var ends: [Int] = []

        /// The frames of a profile as they are; `ends` is to be filled.
        package init(_ profile: Profile) {
            outer = profile.frames
            ends.reserveCapacity(outer.count)
        }
    }

    /// Puts other frames in the place of those that are there, whose handles stay, and functions inlined there on top of them.
    ///
    /// No two of the frames that are there afterwards may be the same: so stacks and samples stay as many, and nothing is
    /// looked up. Where that is not known ``rewritingFrames(_:)`` serves. Strings of frames that were replaced stay in the
    /// table. O(frames), and with inlined functions O(stacks + samples).
    package mutating func expandFrames(_ expanded: ExpandedFrames) {
        precondition(expanded.outer.count == frames.count && expanded.ends.count == frames.count)
        if expanded.inlined.isEmpty { return replaceFrames(expanded.outer) }
        var grown = StackTable()
        grown.reserveCapacity(stacks.count + expanded.inlined.count)
        var moved: [StackID] = [.empty]
        moved.reserveCapacity(stacks.count)
        for index in 1..<max(stacks.count, 1) {
            let frame = stacks.frames[index]
            let place = Int(frame.rawValue)
            var stack = grown.appendNew(frame, on: moved[Int(stacks.parents[index].rawValue)])
            for position in (place == 0 ? 0 : expanded.ends[place - 1])..<expanded.ends[place] {
                stack = grown.appendNew(FrameID(rawValue: UInt32(frames.count + position)), on: stack)
            }
            moved.append(stack)
        }
        replaceFrames(expanded.outer + expanded.inlined)
        replaceStacks(grown, moved: moved)
    }
}
