import Foundation

/// One line of a bench: `handler.median: 412 ns`.
func printFigure(_ key: String, _ value: Double, _ unit: String, digits: Int = 0) {
    print("\(key): \(String(format: "%.\(digits)f", value)) \(unit)")
    // A line as soon as it is measured, also into a file.
    fflush(nil)
}

extension [Double] {
    /// The value that this share of the sorted values stays under; 0 for none.
    func quantile(_ share: Double) -> Double {
        guard !isEmpty else { return 0 }
        return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
    }

    /// The median, and an interval that holds it in 95 of 100 cases (by the order statistics of a binomial).
    var medianWithInterval: (low: Double, median: Double, high: Double) {
        let sorted = sorted()
        let half = 0.98 * Double(count).squareRoot()
        let low = Swift.max(0, Int(Double(count) / 2 - half))
        let high = Swift.min(count - 1, Int(Double(count) / 2 + half))
        return (sorted[low], quantile(0.5), sorted[high])
    }
}

/// CPU time of this process: what else runs on the machine is not counted, as far as the processor's own sharing allows.
func processNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
