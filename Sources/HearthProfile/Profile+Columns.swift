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
        let moved = MovedTables(from: self, to: &result)
        for (row, sample) in samples.enumerated() {
            result.add(moved(sample), values: columns.map { value(row: row, column: $0) })
        }
        return result
    }
}
