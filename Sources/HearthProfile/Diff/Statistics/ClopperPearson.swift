/// Clopper and Pearson's exact interval of a proportion.
package enum ClopperPearson {
    /// Where the true share lies, with `confidence`, when `found` of `count` were found. 0…1 of none.
    package static func interval(_ found: Int, of count: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
        let tail = (1 - confidence) / 2
        let (k, n) = (Double(found), Double(count))
        let lower = found > 0 ? IncompleteBeta.inverse(tail, k, n - k + 1) : 0
        let upper = found < count ? IncompleteBeta.inverse(1 - tail, k + 1, n - k) : 1
        return lower...upper
    }
}
