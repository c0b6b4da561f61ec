internal import Foundation

/// The Clopper–Pearson interval of a share, at 95 %: the shares that would not make the count a surprise.
package struct ExactInterval {
    package var low: Double
    package var high: Double

    package init(successes: Int, of count: Int) {
        let tail = 0.025
        low = successes == 0 ? 0 : Self.root { tail - Self.upperTail(successes, count, $0) }
        high = successes == count ? 1 : Self.root { Self.upperTail(successes + 1, count, $0) - (1 - tail) }
    }

    /// The share at which a falling or rising function changes its sign, by halving.
    private static func root(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        let rising = function(1) > function(0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if (function(middle) > 0) == rising { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }

    /// The chance of at least this many successes.
    private static func upperTail(_ successes: Int, _ count: Int, _ share: Double) -> Double {
        if share <= 0 { return successes <= 0 ? 1 : 0 }
        if share >= 1 { return 1 }
        // The terms of the shorter side, each from its logarithm.
        func term(_ k: Int) -> Double {
            let ways = lgamma(Double(count + 1)) - lgamma(Double(k + 1)) - lgamma(Double(count - k + 1))
            return exp(ways + Double(k) * log(share) + Double(count - k) * log1p(-share))
        }
        if count - successes < successes {
            return (successes...max(successes, count)).reduce(0) { $0 + term($1) }
        }
        return 1 - (0..<max(successes, 0)).reduce(0) { $0 + term($1) }
    }
}
