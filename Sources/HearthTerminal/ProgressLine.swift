/// The text of a progress bar at one moment. Pure, so that tests can read it.
struct ProgressLine {
    var label: String
    var unit: String
    var done: Int
    /// Nil when nobody knows how much there is.
    var total: Int?
    var elapsed: Duration

    private static let widestBar = 40

    /// One line that fits into `columns`, without line break.
    func rendered(columns: Int) -> String {
        let counts = total.map { "\(grouped(done))/\(grouped($0)) \(unit)" } ?? "\(grouped(done)) \(unit)"
        var parts = [counts]
        if let rate { parts.append("\(Self.rateText(rate))/s") }
        if let timeLeft { parts.append("\(Self.clockText(seconds: timeLeft)) left") }
        let numbers = parts.joined(separator: "  ")
        guard let share else { return "\(label)  \(numbers)".truncated(toColumns: columns) }
        let percent = "\(Int(share * 100))%"
        let head = "\(label) \(String(repeating: " ", count: max(4 - percent.count, 0)))\(percent)"
        let room = min(columns - head.terminalWidth - numbers.terminalWidth - 4, Self.widestBar)
        guard room >= 4 else { return "\(head)  \(numbers)".truncated(toColumns: columns) }
        let filled = Int(share * Double(room))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
        return "\(head) \(bar)  \(numbers)"
    }

    /// The line that stays when all is done.
    func finished(columns: Int) -> String {
        var text = "\(label)  \(grouped(done)) \(unit) in \(Self.clockText(seconds: seconds))"
        if let rate { text += "  \(Self.rateText(rate))/s" }
        return text.truncated(toColumns: columns)
    }

    private var seconds: Double {
        let (seconds, attoseconds) = elapsed.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// Units a second since the start; nil before there is something to divide.
    private var rate: Double? { done > 0 && seconds > 0 ? Double(done) / seconds : nil }

    private var share: Double? {
        guard let total, total > 0 else { return nil }
        return min(max(Double(done) / Double(total), 0), 1)
    }

    private var timeLeft: Double? {
        guard let rate, let total, total > done else { return nil }
        return Double(total - done) / rate
    }

    private static func rateText(_ rate: Double) -> String {
        if rate >= 10 { return grouped(Int(min(rate, 1e15))) }
        let tenths = Int((rate * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `0:07`, `12:30`, `1:02:03`.
    private static func clockText(seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(.up), 359_999))
        let parts = [whole / 3600, whole / 60 % 60, whole % 60]
        let shown = parts[0] > 0 ? parts[...] : parts[1...]
        return shown.enumerated().map { index, part in
            index > 0 && part < 10 ? "0\(part)" : "\(part)"
        }.joined(separator: ":")
    }
}
