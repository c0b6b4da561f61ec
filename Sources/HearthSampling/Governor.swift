/// Keeps what sampling costs under a share of what the process uses, by halving the rates and doubling them again.
///
/// Pure: it is told what was used and answers with a divisor of the rates that were asked for.
struct Governor {
    /// Share of the process's CPU time that may be used.
    let limit: Double
    /// Rates are what was asked for, divided by this: 1, 2, 4 … 64.
    private(set) var divisor = 1
    private(set) var changes: [Change] = []

    struct Change: Hashable {
        /// Nanoseconds since the start.
        var time: Int64
        var divisor: Int
    }

    /// Below this share of one core nobody minds, however idle the process is.
    static let floor = 0.001
    static let largestDivisor = 64
    /// Changes that are told one by one; a long-lived process may have many.
    static let changeLimit = 100

    /// - Parameters:
    ///   - cost: CPU time that sampling took since the last call.
    ///   - process: CPU time that the process used, all in nanoseconds.
    ///   - elapsed: time since the last call.
    /// - Returns: true when the divisor has changed.
    mutating func consider(cost: UInt64, process: UInt64, elapsed: UInt64, at time: Int64) -> Bool {
        let before = divisor
        let cost = Double(cost)
        let allowed = max(limit * Double(process), Self.floor * Double(elapsed))
        if cost > allowed {
            divisor = min(divisor * 2, Self.largestDivisor)
        } else if divisor > 1, cost < allowed / 4 {
            // Twice the rate would cost half of what is allowed.
            divisor /= 2
        }
        guard divisor != before else { return false }
        changes.append(Change(time: time, divisor: divisor))
        if changes.count > Self.changeLimit { changes.removeFirst() }
        return true
    }

    /// `100 Hz`, or `100 Hz; 50 Hz from 12.5 s; 100 Hz from 20.0 s`.
    func description(hertz: Int) -> String {
        changes.reduce("\(hertz) Hz") { text, change in
            let rate = Double(hertz) / Double(change.divisor)
            let shown = rate == rate.rounded() ? "\(Int(rate))" : "\((rate * 100).rounded() / 100)"
            let tenths = change.time / 100_000_000
            return "\(text); \(shown) Hz from \(tenths / 10).\(tenths % 10) s"
        }
    }
}
