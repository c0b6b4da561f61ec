/// What one side's values are worth: how many samples stand behind its total, and how it falls into runs.
struct DiffSide: Sendable {
    let total: Double
    /// Behind the total.
    let samples: Double
    /// Samples, or units of work or of time, over all runs.
    let size: Double
    /// How much of the variance between runs a sum of them keeps: 1 for a single run, 1 ÷ runs where all are alike.
    let concentration: Double
    /// Runs in which there was anything.
    let runs: Int

    /// Samples are counted by the column `samples` where there is one, else the values are counts, else they are divided
    /// by the period where it has their unit, else every row counts as one sample (too few, so too careful).
    ///
    /// - Parameters:
    ///   - total: the sum of the column.
    ///   - sizes: of the runs, in one unit for both sides; the totals of the runs where shares are compared.
    init(_ runs: DiffRuns, total: Int64, sizes: [Double]) {
        self.total = Double(total)
        samples = runs.profiles.isEmpty ? 0 : max(Self.samples(runs, total: total), 0)
        size = sizes.reduce(0, +)
        concentration = size > 0 ? sizes.reduce(0) { $0 + $1 * $1 } / (size * size) : 1
        self.runs = sizes.count { $0 > 0 }
    }

    /// The same, where the total is not known yet.
    init(_ runs: DiffRuns, sizes: [Double]) { self.init(runs, total: runs.total, sizes: sizes) }

    private static func samples(_ runs: DiffRuns, total: Int64) -> Double {
        let profile = runs.profiles[0]
        let type = profile.sampleTypes[runs.column]
        if let count = profile.sampleTypes.firstIndex(of: .samples) {
            if runs.column == count { return Double(total) }
            return runs.profiles.reduce(0) { $0 + Double($1.total(column: count)) }
        }
        if type.plainUnit == "count" { return Double(total) / Double(type.divisor) }
        if profile.period > 0, profile.periodType.unit == type.unit { return Double(total) / Double(profile.period) }
        return runs.profiles.reduce(0) { $0 + Double($1.samples.count) }
    }

    /// Of a value, how many one sample stands for; 1 where that is not known.
    var weight: Double { samples > 0 && total > 0 ? total / samples : 1 }

    /// A share with Wilson's interval for a proportion; of an empty side every share may be anything.
    ///
    /// - Parameters:
    ///   - noise: beyond what counting samples has.
    ///   - deviations: how wide the interval is, in standard deviations.
    func share(_ value: Int64, _ noise: DiffNoise, deviations z: Double) -> DiffEstimate {
        guard total > 0, samples > 0 else { return DiffEstimate(value: 0, lower: 0, upper: 1) }
        let p = min(max(Double(value) / total, 0), 1)
        // As many samples as would scatter by themselves as much as these do.
        let count = 1 / (noise.dispersion * (1 / samples + noise.excess * p * (1 - p) * concentration))
        let z2 = z * z
        let center = (p + z2 / (2 * count)) / (1 + z2 / count)
        let half = z / (1 + z2 / count) * (p * (1 - p) / count + z2 / (4 * count * count)).squareRoot()
        return DiffEstimate(value: p, lower: min(p, max(0, center - half)), upper: max(p, min(1, center + half)))
    }

    /// An amount with the score interval for a Poisson count.
    func amount(_ value: Int64, _ noise: DiffNoise, deviations z: Double) -> DiffEstimate {
        let value = max(Double(value), 0)
        let weight = weight * noise.dispersion * (1 + noise.excess * value / weight * concentration)
        let count = value / weight
        let z2 = z * z
        let half = z * (count + z2 / 4).squareRoot()
        let lower = max(0, count + z2 / 2 - half) * weight
        return DiffEstimate(value: value, lower: min(value, lower), upper: (count + z2 / 2 + half) * weight)
    }
}

/// How much more than counting samples does, runs scatter.
struct DiffNoise: Sendable {
    /// Variance between runs of what a value is in truth, as a share of its square.
    var excess: Double
    /// What variance there is for each unit of what one expects.
    var dispersion: Double

    static let counting = DiffNoise(excess: 0, dispersion: 1)
}

/// A normalised value with its interval.
struct DiffEstimate {
    var value: Double
    var lower: Double
    var upper: Double

    func divided(by divisor: Double) -> DiffEstimate {
        DiffEstimate(value: value / divisor, lower: lower / divisor, upper: upper / divisor)
    }
}
