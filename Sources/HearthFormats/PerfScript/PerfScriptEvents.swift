internal import HearthProfile

/// The events of a file, and the column of each.
///
/// One event: `samples`, and the event's period where it is printed. Several: a column each, since samples of a clock and
/// of page faults have no sum; the default is the first clock, else the first count of cycles, else the first of all, and
/// `samples` counts those of the default.
struct PerfScriptEvents {
    private(set) var types: [ValueType] = [.samples]
    private(set) var defaultType = 0
    /// By the event as printed; no column where neither the period is printed nor is there another event.
    private var columns: [String: Int] = [:]
    private var defaultEvent: String?
    private var isFull = false

    /// What a file holds, as its headers go by.
    struct Survey {
        fileprivate var events: [String] = []
        fileprivate var seen: Set<String> = []
        fileprivate var withPeriod: Set<String> = []
        fileprivate var isFull = false
        /// Of the samples whose time is printed.
        private(set) var times: ClosedRange<Int64>?

        mutating func add(_ header: PerfScriptLine.Header) {
            if let time = header.time {
                times = min(times?.lowerBound ?? time, time)...max(times?.upperBound ?? time, time)
            }
            if !seen.contains(header.event) {
                guard events.count < mostEvents else {
                    isFull = true
                    return
                }
                seen.insert(header.event)
                events.append(header.event)
            }
            if header.period != nil { withPeriod.insert(header.event) }
        }
    }

    /// A file has a few events; a column for each of thousands would be an attack.
    static let mostEvents = 64

    init(_ survey: Survey) {
        let events = survey.events
        isFull = survey.isFull
        if events.isEmpty || events.count == 1 && survey.withPeriod.isEmpty { return }
        // `cycles:u` is called `cycles`, unless there is `cycles:k` as well.
        let names = Dictionary(events.map { (Self.plainName($0), 1) }, uniquingKeysWith: +)
        for event in events {
            let name = Self.plainName(event)
            let isAlone = names[name] == 1
            let unit =
                Self.isClock(event) && survey.withPeriod.contains(event) ? ValueType.cpu.unit : ValueType.samples.unit
            columns[event] = types.count
            types.append(ValueType(type: isAlone ? name : event, unit: unit))
        }
        guard events.count > 1 else { return }
        defaultEvent = events.first(where: Self.isClock) ?? events.first(where: Self.isCycles) ?? events[0]
        defaultType = defaultEvent.flatMap { columns[$0] } ?? 0
    }

    /// Whether samples of this event have a place. Not after the first 64 events.
    func knows(_ event: String) -> Bool { !isFull || columns[event] != nil }

    /// What one sample adds to each column.
    func values(_ header: PerfScriptLine.Header) -> [Int64] {
        var values = [Int64](repeating: 0, count: types.count)
        if defaultEvent == nil || defaultEvent == header.event { values[0] = 1 }
        // Without a period every sample counts the same.
        if let column = columns[header.event] { values[column] = header.period ?? 1 }
        return values
    }

    /// The event without its modifiers, as in `cycles:u`. A tracepoint has a colon of its own, as in `sched:sched_switch`.
    private static func base(_ event: String) -> Substring {
        guard let colon = event.lastIndex(of: ":"), colon > event.startIndex,
            event[colon...].dropFirst().allSatisfy({ modifiers.contains($0) })
        else { return event[...] }
        return event[..<colon]
    }

    private static let modifiers: Set<Character> = Set("ukhHGIpPSDWeb")

    private static func isClock(_ event: String) -> Bool { base(event) == "cpu-clock" || base(event) == "task-clock" }

    /// `cycles`, `cpu-cycles`, `cpu_core/cycles/P`.
    private static func isCycles(_ event: String) -> Bool {
        base(event).split(separator: "/").contains { $0 == "cycles" || $0 == "cpu-cycles" }
    }

    private static func plainName(_ event: String) -> String {
        if isClock(event) { return ValueType.cpu.type }
        let name = base(event)
        return name.isEmpty ? "event" : String(name)
    }
}
