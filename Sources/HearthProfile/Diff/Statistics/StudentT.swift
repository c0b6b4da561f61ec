#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Student's t distribution, and the normal one as that of infinite freedom.
enum StudentT {
    /// The chance of a value beyond ±`t`, `t` from 0 up (Abramowitz and Stegun, 26.7.1); good to twelve digits.
    static func twoSidedTail(_ t: Double, freedom: Double) -> Double {
        guard t > 0 else { return 1 }
        guard freedom.isFinite else { return erfc(t / 2.0.squareRoot()) }
        return IncompleteBeta.value(freedom / (freedom + t * t), freedom / 2, 0.5)
    }

    /// The `t` beyond which, on both sides together, lies the share `tail` of the distribution; above 0 and below 1.
    static func quantile(twoSidedTail tail: Double, freedom: Double) -> Double {
        precondition(tail > 0 && tail < 1, "a share of the distribution")
        var (low, high) = (0.0, 1.0)
        while twoSidedTail(high, freedom: freedom) > tail, high < 1e12 { (low, high) = (high, high * 2) }
        for _ in 0..<60 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if twoSidedTail(middle, freedom: freedom) > tail { low = middle } else { high = middle }
        }
        return high
    }
}
