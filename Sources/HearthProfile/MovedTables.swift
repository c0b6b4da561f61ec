/// Where the stacks and label sets of one profile are in the tables of another, which got them all.
struct MovedTables {
    private let stacks: [StackID]
    private let labels: [LabelSetID]

    /// Adds the tables of `source` to those of `target`: images, stacks and label sets. `rewrite` appends the frames of
    /// `target`, root first, that a frame becomes; it is called once a frame. O(stacks).
    init(
        from source: Profile, to target: inout Profile,
        _ rewrite: (FrameID, inout Profile, inout [FrameID]) throws -> Void
    ) rethrows {
        target.reserveCapacity(for: source)
        for image in source.images { _ = target.intern(image) }
        // For each frame its new ones: `rewritten[ends[i - 1]..<ends[i]]`.
        var rewritten: [FrameID] = []
        var ends: [Int] = []
        rewritten.reserveCapacity(source.frames.count)
        ends.reserveCapacity(source.frames.count)
        for frame in source.frames.indices {
            try rewrite(FrameID(rawValue: UInt32(frame)), &target, &rewritten)
            ends.append(rewritten.count)
        }
        var stacks: [StackID] = [.empty]
        stacks.reserveCapacity(source.stacks.count)
        for index in 1..<max(source.stacks.count, 1) {
            var stack = stacks[Int(source.stacks.parents[index].rawValue)]
            let frame = Int(source.stacks.frames[index].rawValue)
            for position in (frame == 0 ? 0 : ends[frame - 1])..<ends[frame] {
                stack = target.push(rewritten[position], on: stack)
            }
            stacks.append(stack)
        }
        self.stacks = stacks
        labels = source.labels.sets.map { target.intern(labels: $0) }
    }

    /// The same, with the frames as they are.
    init(from source: Profile, to target: inout Profile) {
        self.init(from: source, to: &target) { frame, target, rewritten in
            let moved = source.moved(source.frame(frame), to: &target)
            rewritten.append(target.intern(moved))
        }
    }

    /// A sample of the one in the terms of the other.
    func callAsFunction(_ sample: Profile.Sample) -> Profile.Sample {
        Profile.Sample(
            stack: stacks[Int(sample.stack.rawValue)], labels: labels[Int(sample.labels.rawValue)], block: sample.block)
    }
}
