internal import CHearthSampler

/// How long the signal handler took, in buckets of which four make a doubling.
public struct HandlerTimes: Sendable, Hashable {
    /// Handlers in each bucket.
    private var counts: [UInt64] = []
    private var nanosecondsPerTick = 0.0

    public init() {}

    /// Handlers counted.
    public var count: UInt64 { counts.reduce(0, +) }

    /// The time that this share of the handlers stayed under, in nanoseconds, to a fifth; nil when there were none.
    public func percentile(_ share: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let wanted = max(1, UInt64((Double(total) * share).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            // The upper end: no handler of the share took longer.
            if seen >= wanted { return Double(hearth_bucket_start(UInt32(bucket) + 1)) * nanosecondsPerTick }
        }
        return nil
    }

    /// Those of the process so far.
    static func now() -> HandlerTimes {
        var times = HandlerTimes()
        times.counts = Array(repeating: 0, count: Int(hearth_bucket_count))
        times.nanosecondsPerTick = unsafe times.counts.withUnsafeMutableBufferPointer {
            unsafe hearth_read_handler_times($0.baseAddress)
        }
        return times
    }

    func adding(_ later: HandlerTimes) -> HandlerTimes {
        var times = later
        for bucket in times.counts.indices where bucket < counts.count { times.counts[bucket] &+= counts[bucket] }
        return times
    }

    /// What came after `earlier`.
    func since(_ earlier: HandlerTimes) -> HandlerTimes {
        var times = self
        for bucket in times.counts.indices where bucket < earlier.counts.count {
            times.counts[bucket] &-= earlier.counts[bucket]
        }
        return times
    }
}
