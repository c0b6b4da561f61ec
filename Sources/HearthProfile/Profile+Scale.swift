extension Profile {
    /// Every value multiplied by `factor`: the average of 60 windows is their sum by 1/60. Values are whole numbers, so what
    /// rounding takes from one row the next one gets, and the total of a column is right to 1. Rows of which nothing is left go.
    /// The period stays what it is: what one sample stood for. O(samples).
    ///
    /// - Parameter factor: finite.
    public func scaled(by factor: Double) -> Profile {
        precondition(factor.isFinite, "values times \(factor) are no values")
        if factor == 1 { return self }
        var result = self
        result.removeSamples()
        var owed = Array(repeating: 0.0, count: sampleTypes.count)
        for (row, sample) in samples.enumerated() {
            let scaled = sampleTypes.indices.map { column -> Int64 in
                let exact = Double(value(row: row, column: column)) * factor + owed[column]
                guard let whole = Int64(exactly: exact.rounded()) else { return exact < 0 ? .min : .max }
                owed[column] = exact - exact.rounded()
                return whole
            }
            if scaled.contains(where: { $0 != 0 }) { result.add(sample, values: scaled) }
        }
        return result
    }
}
