internal import HearthProfile

/// The lines of collapsed stacks one after the other, as a flame chart wants them: memory goes with the lines.
struct CollapsedSequence {
    /// About, of a line.
    private static let bytesOfLine = 80

    private let limits: ReadLimits
    private var batches: [CollapsedBatch] = []
    private var frames = 0
    private var lines = 0

    init(limits: ReadLimits) { self.limits = limits }

    mutating func add(_ batch: CollapsedBatch) throws(ProfileReadError.Reason) {
        batches.append(batch)
        frames += batch.stacks.frames.count
        lines += batch.stacks.ends.count
        guard frames * 4 + lines * Self.bytesOfLine <= limits.memoryBytes else {
            throw .tooMuchMemory(limit: limits.memoryBytes)
        }
    }

    /// Adds a sample a line to a profile that has the frames and one sample type.
    ///
    /// - Parameter digits: after the point, that the values get.
    consuming func finish(
        into profile: inout Profile, digits: Int
    ) throws(ProfileReadError.Reason) {
        var order = SampleOrder(isKept: true)
        for batch in batches {
            let factor = DecimalScale(digits: digits - batch.digits).factor
            var path: [StackID] = [.empty]
            var place = 0
            for line in batch.stacks.ends.indices {
                path.removeLast(path.count - 1 - batch.stacks.shared[line])
                for frame in batch.stacks.frames[place..<batch.stacks.ends[line]] {
                    path.append(profile.push(FrameID(rawValue: frame), on: path[path.count - 1]))
                }
                place = batch.stacks.ends[line]
                let (value, overflow) = batch.stacks.values[line].multipliedReportingOverflow(by: factor)
                let sample = Profile.Sample(stack: path[path.count - 1], block: order.block())
                profile.add(sample, values: CollectionOfOne(overflow ? .max : value))
            }
            try limits.check(profile)
        }
    }
}
