#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// How the total of a run changed: Welch's test on the logarithms of the runs' totals.
public struct TotalChange: Hashable, Sendable {
    /// Geometric means of the runs, in the column's unit.
    public let base: Double
    public let new: Double
    /// Of `new` ÷ `base`, with 95 %; 0…infinity where there are too few runs.
    public let interval: ClosedRange<Double>
    /// The chance of as much growth beyond the margin, or more, where there is none.
    public let chance: Double
    /// The smallest growth, as a share, that these runs show four times in five; nil where there are too few of them.
    public let detectable: Double?
    /// Of the difference of the logarithms; 0 where it is not known.
    private let error: Double
    private let least: Double

    public var ratio: Double { base > 0 ? new / base : 1 }

    /// - Parameters:
    ///   - base: totals, above 0.
    ///   - new: totals, above 0.
    ///   - rule: with the margin of growth that does not count.
    init(base: [Double], new: [Double], rule: GateRule) {
        let margin = rule.margin
        least = log1p(margin)
        let (first, second) = (Moments(base.map(log)), Moments(new.map(log)))
        self.base = exp(first.mean)
        self.new = exp(second.mean)
        let difference = second.mean - first.mean
        let parts = [first, second].map { $0.count > 1 ? $0.variance / $0.count : .infinity }
        let variance = parts[0] + parts[1]
        guard variance.isFinite, variance > 0 else {
            // Too few runs for any interval; or runs that are alike to the last sample.
            interval = variance == 0 ? exp(difference)...exp(difference) : 0 ... .infinity
            chance = variance == 0 && difference > log1p(margin) ? 0 : 1
            detectable = variance == 0 ? margin : nil
            error = 0
            return
        }
        // Welch and Satterthwaite.
        let freedom =
            variance * variance
            / zip(parts, [first, second]).reduce(0) { $0 + $1.0 * $1.0 / ($1.1.count - 1) }
        let error = variance.squareRoot()
        let t = StudentT.quantile(twoSidedTail: 0.05, freedom: freedom)
        interval = exp(difference - t * error)...exp(difference + t * error)
        let beyond = (difference - log1p(margin)) / error
        let tail = StudentT.twoSidedTail(beyond.magnitude, freedom: freedom) / 2
        chance = beyond > 0 ? tail : 1 - tail
        let usual = StudentT.quantile(twoSidedTail: 2 * (1 - GateRule.power), freedom: freedom)
        let sure = StudentT.quantile(twoSidedTail: 2 * rule.totalRate, freedom: freedom)
        self.error = (sure + usual) * error
        detectable = expm1(least + self.error)
    }

    /// Runs a side, as long as these, with which growth by `share` is seen; nil where a thousand are too few.
    func runsNeeded(for share: Double, of runs: Int) -> Int? {
        let room = log1p(share) - least
        guard room > 0 else { return nil }
        let needed = (Double(runs) * (error / room) * (error / room)).rounded(.up)
        return needed <= 1_000 ? max(Int(needed), runs) : nil
    }

    private struct Moments {
        let count: Double
        let mean: Double
        let variance: Double

        init(_ values: [Double]) {
            count = Double(values.count)
            let mean = values.reduce(0, +) / max(count, 1)
            self.mean = mean
            variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(count - 1, 1)
        }
    }
}
