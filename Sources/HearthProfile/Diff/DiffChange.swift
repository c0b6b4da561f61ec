/// How one value changed between two profiles.
public struct DiffChange: Hashable, Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        case grew
        case shrank
        /// The interval holds zero: nothing can be said.
        case noise
    }

    /// On which side there was something at all.
    public enum Presence: String, Sendable, CaseIterable {
        case both
        case onlyBase = "gone"
        case onlyNew = "new"
        case neither
    }

    /// Normalised: a share 0…1, the value itself, or that for each unit of work.
    public let base: Double
    public let new: Double
    /// `new` − `base`.
    public let difference: Double
    /// Where the true difference lies with 95 %, as far as one run a side can tell.
    public let interval: ClosedRange<Double>
    public let presence: Presence

    public var verdict: Verdict {
        if interval.lowerBound > 0 { return .grew }
        return interval.upperBound < 0 ? .shrank : .noise
    }

    /// The end of the interval nearest zero; 0 where it holds zero. What is certain of the difference.
    public var certain: Double {
        switch verdict {
        case .grew: interval.lowerBound
        case .shrank: interval.upperBound
        case .noise: 0
        }
    }

    init(from before: DiffEstimate, baseValue: Int64, to after: DiffEstimate, newValue: Int64) {
        base = before.value
        new = after.value
        difference = after.value - before.value
        // The two intervals combined: each end is as far as the two sides' ends are together (Newcombe's method 10).
        let down = hypotenuse(after.value - after.lower, before.upper - before.value)
        let up = hypotenuse(after.upper - after.value, before.value - before.lower)
        interval = (difference - down)...(difference + up)
        presence =
            switch (baseValue > 0, newValue > 0) {
            case (true, true): .both
            case (true, false): .onlyBase
            case (false, true): .onlyNew
            case (false, false): .neither
            }
    }
}

private func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }

/// A normalised value with its 95 % interval.
struct DiffEstimate {
    var value: Double
    var lower: Double
    var upper: Double

    func divided(by divisor: Double) -> DiffEstimate {
        DiffEstimate(value: value / divisor, lower: lower / divisor, upper: upper / divisor)
    }
}

/// What one side's values are worth: how many samples stand behind its total.
struct DiffSide: Sendable {
    private let total: Double
    private let samples: Double

    private static let z = 1.959_964

    /// Samples are counted by the column `samples` where there is one, else the values are counts, else they are divided
    /// by the period where it has their unit, else every row counts as one sample (too few, so too careful).
    init(_ profile: Profile, column: Int, total: Int64) {
        let type = profile.sampleTypes[column]
        let counted: Double
        if let count = profile.sampleTypes.firstIndex(of: .samples) {
            counted = Double(column == count ? total : profile.total(column: count))
        } else if type.plainUnit == "count" {
            counted = Double(total) / Double(type.divisor)
        } else if profile.period > 0, profile.periodType.unit == type.unit {
            counted = Double(total) / Double(profile.period)
        } else {
            counted = Double(profile.samples.count)
        }
        self.total = Double(total)
        samples = max(counted, 0)
    }

    /// A share with Wilson's interval for a proportion; of an empty profile every share may be anything.
    func share(_ value: Int64) -> DiffEstimate {
        guard total > 0, samples > 0 else { return DiffEstimate(value: 0, lower: 0, upper: 1) }
        let p = min(max(Double(value) / total, 0), 1)
        let z2 = Self.z * Self.z
        let center = (p + z2 / (2 * samples)) / (1 + z2 / samples)
        let half = Self.z / (1 + z2 / samples) * (p * (1 - p) / samples + z2 / (4 * samples * samples)).squareRoot()
        return DiffEstimate(value: p, lower: min(p, max(0, center - half)), upper: max(p, min(1, center + half)))
    }

    /// An amount with the score interval for a Poisson count.
    func amount(_ value: Int64) -> DiffEstimate {
        let value = max(Double(value), 0)
        let weight = samples > 0 && total > 0 ? total / samples : 1
        let count = value / weight
        let z2 = Self.z * Self.z
        let half = Self.z * (count + z2 / 4).squareRoot()
        let lower = max(0, count + z2 / 2 - half) * weight
        return DiffEstimate(value: value, lower: min(value, lower), upper: (count + z2 / 2 + half) * weight)
    }
}
