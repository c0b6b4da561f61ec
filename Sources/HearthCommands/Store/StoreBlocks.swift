internal import HearthStore

/// How windows become the time blocks of one profile.
struct StoreBlocks {
    /// Nanoseconds since 1970 where the first window begins.
    let start: Int64
    /// Nanoseconds: the length of most windows, doubled until there are at most ``mostBlocks``.
    let duration: Int64

    /// As many as merging files keeps.
    static let mostBlocks: Int64 = 600

    /// Nil without windows.
    init?(_ windows: [StoredWindow]) {
        guard let first = windows.map(\.startTime).min(), let last = windows.map(\.startTime).max() else { return nil }
        var counts: [Int64: Int] = [:]
        for window in windows where window.duration > 0 { counts[window.duration, default: 0] += 1 }
        // The last window of a run is shorter than the others; of lengths that are as frequent the longer one.
        var length = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
        if length == 0 { length = max(1, (last - first) / Int64(max(windows.count - 1, 1))) }
        let span = last.subtractingReportingOverflow(first)
        let distance = span.overflow ? Int64.max : span.partialValue
        while distance / length >= Self.mostBlocks, length <= .max / 2 { length *= 2 }
        start = first
        duration = length
    }
}
