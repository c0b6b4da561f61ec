extension Profile {
    /// The same samples with some of their columns, in this order; the default one stays the default if it is kept, else
    /// the first is. Rows stay even where all that is left of them is 0. O(stacks + samples).
    ///
    /// - Parameter columns: indexes in `sampleTypes`, at least one.
    public func keeping(columns: [Int]) -> Profile {
        var result = Profile(
            sampleTypes: columns.map { sampleTypes[$0] },
            defaultSampleType: columns.firstIndex(of: defaultSampleType) ?? 0,
            periodType: periodType, period: period, startTime: startTime, duration: duration,
            blockDuration: blockDuration, attributes: attributes)
        for image in images { _ = result.intern(image) }
        let frames = frames.map { frame in
            let copy = moved(frame, to: &result)
            return result.intern(copy)
        }
        var stacks: [StackID] = [.empty]
        stacks.reserveCapacity(self.stacks.count)
        for index in 1..<max(self.stacks.count, 1) {
            let caller = stacks[Int(self.stacks.parents[index].rawValue)]
            stacks.append(result.push(frames[Int(self.stacks.frames[index].rawValue)], on: caller))
        }
        let labels = labels.sets.map { result.intern(labels: $0) }
        for (row, sample) in samples.enumerated() {
            let moved = Sample(
                stack: stacks[Int(sample.stack.rawValue)], labels: labels[Int(sample.labels.rawValue)],
                block: sample.block)
            result.add(moved, values: columns.map { value(row: row, column: $0) })
        }
        return result
    }
}
