internal import Foundation

/// Reads and writes points in time as options have them, all of a command against one clock: nanoseconds since 1970.
struct TimeReading {
    let now: Int64
    private let calendar: Calendar

    /// What is said where a time cannot be read.
    static let forms = "2026-03-01T10:00, 10:00 of today, -15m or now"

    init(now: Int64, zone: TimeZone) {
        self.now = now
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// By the clock and in the zone of this machine.
    init() {
        self.init(now: Int64(Date().timeIntervalSince1970 * 1e9), zone: .current)
    }

    // MARK: Reading

    /// `2026-03-01T10:00:00.5+01:00`, where all behind the date may be left out and a time without zone is local; `10:00` and
    /// `10:00:30` of today; `-15m`, `-1h` before now, in `s`, `m`, `h`, `d` or `w`; `now`. Nil for anything else. Times that
    /// 64 bits do not hold are the first or last that they do.
    func time(_ text: String) -> Int64? {
        if text == "now" { return now }
        return relative(text) ?? ofToday(text) ?? dated(text)
    }

    /// `FROM..TO`, of which one may be missing; nil for anything else.
    func range(_ text: String) -> Range<Int64>? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        let (from, to) = (String(text[..<dots.lowerBound]), String(text[dots.upperBound...]))
        guard !(from.isEmpty && to.isEmpty) else { return nil }
        guard let lower = from.isEmpty ? .min : time(from), let upper = to.isEmpty ? .max : time(to), lower < upper
        else { return nil }
        return lower..<upper
    }

    private func relative(_ text: String) -> Int64? {
        guard let match = text.wholeMatch(of: /(?:now)?-([0-9]{1,9})([smhdw])/),
            let count = Int64(match.1), let unit = Self.units[match.2]
        else { return nil }
        return clamped(count.multipliedReportingOverflow(by: unit), .max).map { max(0, now - min($0, now)) }
    }

    private static let units: [Substring: Int64] = [
        "s": 1_000_000_000, "m": 60_000_000_000, "h": 3_600_000_000_000, "d": 86_400_000_000_000,
        "w": 604_800_000_000_000,
    ]

    private func ofToday(_ text: String) -> Int64? {
        guard let match = text.wholeMatch(of: /([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?/) else { return nil }
        let date = Date(timeIntervalSince1970: Double(now) / 1e9)
        var components = calendar.dateComponents([.year, .month, .day], from: date)
        (components.hour, components.minute, components.second) = (
            Int(match.1), Int(match.2), match.3.flatMap { Int($0) } ?? 0
        )
        return time(components, calendar)
    }

    private func dated(_ text: String) -> Int64? {
        let form =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+\-][0-9]{2}(?::?[0-9]{2})?)?)?/
        guard let match = text.wholeMatch(of: form) else { return nil }
        var calendar = calendar
        if let zone = match.8 {
            guard let offset = Self.offset(zone), let zone = TimeZone(secondsFromGMT: offset) else { return nil }
            calendar.timeZone = zone
        }
        let components = DateComponents(
            year: Int(match.1), month: Int(match.2), day: Int(match.3), hour: match.4.flatMap { Int($0) } ?? 0,
            minute: match.5.flatMap { Int($0) } ?? 0, second: match.6.flatMap { Int($0) } ?? 0)
        let fraction = match.7.flatMap { digits in Int64(digits + repeatElement("0", count: 9 - digits.count)) } ?? 0
        return time(components, calendar).map { $0 > .max - fraction ? .max : $0 + fraction }
    }

    /// Seconds east of Greenwich; nil for what no clock shows.
    private static func offset(_ zone: Substring) -> Int? {
        if zone == "Z" { return 0 }
        let digits = zone.dropFirst().filter { $0 != ":" }
        guard let hours = Int(digits.prefix(2)), let minutes = digits.count > 2 ? Int(digits.dropFirst(2)) : 0,
            hours < 15, minutes < 60
        else { return nil }
        return (zone.hasPrefix("-") ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    /// Nil for what no clock shows, such as 25:00 or the 31st of February.
    private func time(_ components: DateComponents, _ calendar: Calendar) -> Int64? {
        guard let month = components.month, let hour = components.hour, let minute = components.minute,
            let second = components.second, (1...12).contains(month), hour < 24, minute < 60, second < 60,
            let date = calendar.date(from: components),
            calendar.component(.day, from: date) == components.day
        else { return nil }
        let seconds = Int64(date.timeIntervalSince1970.rounded())
        return clamped(seconds.multipliedReportingOverflow(by: 1_000_000_000), seconds < 0 ? .min : .max)
    }

    private func clamped(_ result: (partialValue: Int64, overflow: Bool), _ limit: Int64) -> Int64? {
        result.overflow ? limit : result.partialValue
    }

    // MARK: Writing

    /// With zone, to the second: `2026-03-01T10:00:00+01:00`. It can be given back as an option.
    func text(_ time: Int64) -> String {
        let seconds = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let date = Date(timeIntervalSince1970: Double(seconds.quotient) - (seconds.remainder < 0 ? 1 : 0))
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let offset = calendar.timeZone.secondsFromGMT(for: date)
        let sign = offset < 0 ? "-" : "+"
        let zone = offset == 0 ? "Z" : "\(sign)\(two(abs(offset) / 3_600)):\(two(abs(offset) / 60 % 60))"
        let day = "\(parts.year ?? 0)-\(two(parts.month ?? 0))-\(two(parts.day ?? 0))"
        return "\(day)T\(two(parts.hour ?? 0)):\(two(parts.minute ?? 0)):\(two(parts.second ?? 0))\(zone)"
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: Command lines

    /// The arguments with `now` before times that begin with a dash, such as `-1h` or `-2h..-1h`: argument-parser takes those
    /// for options. What follows `--` stays.
    static func shielding(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return arguments[..<end].map { $0.wholeMatch(of: /-[0-9]+[A-Za-z](?:\.\..*)?/) == nil ? $0 : "now\($0)" }
            + arguments[end...]
    }
}
