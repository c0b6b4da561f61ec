/// Which segments are too old. By the order in which they were made as well as by their times, since clocks are set.
enum Retention {
    /// A time further ahead than this was written by a clock that has been set back since.
    static let slack: Int64 = 300_000_000_000

    /// How many of so many segments are removed for their age at once: a clock that is ahead for a minute shall not empty the
    /// store.
    static func removals(of count: Int) -> Int { max(1, count / 8) }

    /// Indexes of the segments that are too old.
    ///
    /// A segment is at least as young as those made before it, so a clock that was behind (1970, as after a start without
    /// battery) does not make it old. One from the future is as young as the next one that is not.
    ///
    /// - Parameters:
    ///   - modified: when each was written last, in the order in which they were made; nanoseconds since 1970.
    ///   - age: nanoseconds.
    static func expired(_ modified: [Int64], now: Int64, age: Int64) -> [Int] {
        var times: [Int64] = []
        var youngest = Int64.min
        for time in modified {
            if time <= now &+ slack { youngest = max(youngest, time) }
            times.append(time <= now &+ slack ? youngest : .max)
        }
        var next = now
        for index in times.indices.reversed() {
            if times[index] == .max { times[index] = next } else { next = times[index] }
        }
        let (limit, overflow) = now.subtractingReportingOverflow(age)
        guard !overflow else { return [] }
        return times.indices.filter { times[$0] < limit }
    }

    /// How many bytes the segments take, as the limit counts them.
    static func size(_ entry: StoreFolder.Entry) -> Int { max(entry.status.size, StoreLimits.smallestCount) }
}
