extension Profile {
    /// The profiles with as many digits after the point in columns of one kind as the one with the most has: `count` and
    /// `count/100` both become `count/100`. Values stop at the ends of 64 bits. O(samples of those that are changed).
    package static func withCommonScales(_ profiles: [Profile]) -> [Profile] {
        var divisors: [ValueType: Int64] = [:]
        for type in profiles.flatMap(\.sampleTypes) {
            divisors[type.plain, default: 1] = max(divisors[type.plain] ?? 1, type.divisor)
        }
        return profiles.map { profile in
            let factors = profile.sampleTypes.map { (divisors[$0.plain] ?? 1) / $0.divisor }
            return factors.allSatisfy { $0 == 1 } ? profile : profile.multiplied(by: factors)
        }
    }

    /// Every column by its factor, and its unit to match.
    private func multiplied(by factors: [Int64]) -> Profile {
        var result = self
        result.replaceColumns(
            zip(sampleTypes, factors).map { type, factor in
                factor == 1 ? type : ValueType(type: type.type, unit: "\(type.plainUnit)/\(type.divisor * factor)")
            },
            values: values.enumerated().map { place, value in
                let (product, overflow) = value.multipliedReportingOverflow(by: factors[place % factors.count])
                return overflow ? (value < 0 ? .min : .max) : product
            })
        return result
    }

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
