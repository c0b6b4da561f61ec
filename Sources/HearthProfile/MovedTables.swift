/// Where the stacks and label sets of one profile are in the tables of another, which got them all.
struct MovedTables {
    private let stacks: [StackID]
    private let labels: [LabelSetID]

    /// Adds the tables of `source` to those of `target`: images, stacks and label sets. Each frame becomes the frames that
    /// `transform` gives, root first; it is called once a frame. O(stacks).
    init(
        from source: Profile, to target: inout Profile,
        _ transform: (Frame, inout Profile) throws -> [Frame]
    ) rethrows {
        for image in source.images { _ = target.intern(image) }
        var frames: [[FrameID]] = []
        frames.reserveCapacity(source.frames.count)
        for frame in source.frames { frames.append(try transform(frame, &target).map { target.intern($0) }) }
        var stacks: [StackID] = [.empty]
        stacks.reserveCapacity(source.stacks.count)
        for index in 1..<max(source.stacks.count, 1) {
            let caller = stacks[Int(source.stacks.parents[index].rawValue)]
            stacks.append(
                frames[Int(source.stacks.frames[index].rawValue)].reduce(caller) { target.push($1, on: $0) })
        }
        self.stacks = stacks
        labels = source.labels.sets.map { target.intern(labels: $0) }
    }

    /// The same, with the frames as they are.
    init(from source: Profile, to target: inout Profile) {
        self.init(from: source, to: &target) { [source.moved($0, to: &$1)] }
    }

    /// A sample of the one in the terms of the other.
    func callAsFunction(_ sample: Profile.Sample) -> Profile.Sample {
        Profile.Sample(
            stack: stacks[Int(sample.stack.rawValue)], labels: labels[Int(sample.labels.rawValue)], block: sample.block)
    }
}
