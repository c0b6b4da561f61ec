#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// How a cost grows with the size of the input: as its power, the exponent with an interval.
///
/// Over a range of sizes n log n is about n^1.1, and a cost that is partly constant lies below its true power.
public struct Growth: Hashable, Sendable {
    /// The likeliest exponent, within ``range``.
    public let exponent: Double
    /// What the exponent is with 95 % confidence; it ends at an infinity where the samples set no bound there.
    public let lower: Double
    public let upper: Double
    /// A bound that holds for all frames together, with 95 % confidence.
    public let certainLower: Double

    /// Whether the samples say anything: the interval is narrower than one power.
    public var isKnown: Bool { upper - lower < 1 }

    /// Exponents that are told apart.
    public static let range = -4.0...8.0
}

/// The sizes at which something was counted: how often each, and their logarithms.
struct GrowthModel {
    /// Of each size: its natural logarithm, about their mean.
    private let logarithms: [Double]
    /// Runs of each size.
    private let runs: [Double]
    /// By run: which size it is of.
    private let sizeOfRun: [Int]
    /// How many intervals are to hold together.
    private let family: Int
    /// Freedom of the scatter within sizes, with that which is assumed.
    private let freedom: Double

    /// So much weight has the assumption that samples scatter as counts do.
    private static let assumedFreedom = 4.0
    private static let tail = 0.05

    init(sizes: [Double], sizeOfRun: [Int], family: Int) {
        let logarithms = sizes.map { log($0) }
        let mean = logarithms.reduce(0, +) / Double(max(logarithms.count, 1))
        self.logarithms = logarithms.map { $0 - mean }
        self.sizeOfRun = sizeOfRun
        self.family = max(family, 1)
        var runs = Array(repeating: 0.0, count: sizes.count)
        for size in sizeOfRun { runs[size] += 1 }
        self.runs = runs
        freedom = Self.assumedFreedom + Double(sizeOfRun.count - sizes.count)
    }

    /// Fits samples of every run. Given how many there are in all, they fall to the sizes in proportion to runs × size^exponent: one
    /// parameter, and a size without any sample is as good a fact as another. Samples that scatter more within a size than
    /// counts do widen the interval. Nil without samples.
    func growth(_ samples: [Double]) -> Growth? {
        var sums = Array(repeating: 0.0, count: logarithms.count)
        for (size, count) in zip(sizeOfRun, samples) { sums[size] += count }
        let all = sums.reduce(0, +)
        guard all > 0, logarithms.count > 1 else { return nil }
        let likelihood = Likelihood(sums: sums, all: all, logarithms: logarithms, runs: runs)
        let best = likelihood.best(in: Growth.range)
        let scatter = dispersion(samples, sums)
        func bounds(tail: Double) -> (lower: Double, upper: Double) {
            let quantile = StudentT.quantile(twoSidedTail: tail, freedom: freedom)
            let drop = quantile * quantile * scatter / 2
            return (
                likelihood.bound(from: best, toward: Growth.range.lowerBound, drop: drop) ?? -.infinity,
                likelihood.bound(from: best, toward: Growth.range.upperBound, drop: drop) ?? .infinity
            )
        }
        let interval = bounds(tail: Self.tail)
        // One-sided: twice the tail of a two-sided interval.
        let certain = bounds(tail: min(0.5, 2 * Self.tail / Double(family)))
        return Growth(exponent: best, lower: interval.lower, upper: interval.upper, certainLower: certain.lower)
    }

    /// Variance within sizes over that of counts; 1 at least.
    private func dispersion(_ samples: [Double], _ sums: [Double]) -> Double {
        var chiSquare = 0.0
        for (size, count) in zip(sizeOfRun, samples) {
            let expected = sums[size] / runs[size]
            if expected > 0 { chiSquare += (count - expected) * (count - expected) / expected }
        }
        return max(1, (Self.assumedFreedom + chiSquare) / freedom)
    }
}

/// Of an exponent, given counts at sizes; its logarithm is concave.
private struct Likelihood {
    let sums: [Double]
    let all: Double
    let logarithms: [Double]
    let runs: [Double]

    func value(_ exponent: Double) -> Double {
        var (weight, fit) = (0.0, 0.0)
        for size in sums.indices {
            weight += runs[size] * exp(exponent * logarithms[size])
            fit += sums[size] * exponent * logarithms[size]
        }
        return fit - all * log(weight)
    }

    private func slope(_ exponent: Double) -> Double {
        var (weight, moment, fit) = (0.0, 0.0, 0.0)
        for size in sums.indices {
            let share = runs[size] * exp(exponent * logarithms[size])
            weight += share
            moment += share * logarithms[size]
            fit += sums[size] * logarithms[size]
        }
        return fit - all * moment / weight
    }

    func best(in range: ClosedRange<Double>) -> Double {
        var (low, high) = (range.lowerBound, range.upperBound)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if slope(middle) > 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// Where the likelihood has dropped so far; nil where it has not by `end`.
    func bound(from best: Double, toward end: Double, drop: Double) -> Double? {
        let target = value(best) - drop
        guard value(end) < target else { return nil }
        var (inside, outside) = (best, end)
        for _ in 0..<50 {
            let middle = (inside + outside) / 2
            if value(middle) < target { outside = middle } else { inside = middle }
        }
        return (inside + outside) / 2
    }
}

/// The base to a power that need not be whole.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
