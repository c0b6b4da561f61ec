internal import CHearthSampler
internal import Glibc
internal import HearthLabels

/// What sampling did and used since it began: the drain thread updates it, cheaply, and statistics are made of it when somebody
/// asks.
struct SamplingAccount {
    private var baseline = hearth_counters()
    private var baselineTimes = HandlerTimes()
    private var labelOverflow: UInt64 = 0
    private var baselineSpans: (overflow: UInt64, stale: UInt64) = (0, 0)
    private var usage = Usage()
    private var current = Usage()
    private var drained = SamplingStatistics()
    private var handlerNanoseconds: UInt64 = 0
    /// As they were at the end; nil while the counters run.
    private var ended: SamplingStatistics?

    /// CPU time used so far, in nanoseconds.
    private struct Usage {
        var process: UInt64 = 0
        /// Of the calling thread, which is Hearth's own.
        var drain: UInt64 = 0

        static func now() -> Usage {
            Usage(process: UInt64(Clock.nanoseconds(CLOCK_PROCESS_CPUTIME_ID)), drain: hearth_thread_cpu_ns())
        }
    }

    init() {}

    /// From now on. Drain thread only.
    static func begin() -> SamplingAccount {
        var account = SamplingAccount()
        account.baseline = hearth_read_counters()
        account.baselineTimes = HandlerTimes.now()
        account.labelOverflow = LabelRegistry.overflow
        account.baselineSpans = SpanSlots.counters
        account.usage = .now()
        account.current = account.usage
        return account
    }

    /// Drain thread only.
    mutating func update(_ aggregator: SampleAggregator, _ modules: borrowing ModuleTable, threads: UInt32) {
        current = .now()
        drained.samples = aggregator.samples
        drained.cpuNanoseconds = aggregator.cpuNanoseconds
        drained.wallNanoseconds = aggregator.wallNanoseconds
        drained.stackOverflow = aggregator.stackOverflow
        drained.rowOverflow = aggregator.rowOverflow
        drained.spansLost = aggregator.spansLost
        drained.profileBytes = UInt64(aggregator.byteCount)
        drained.tableBytes = UInt64(modules.tableBytes)
        drained.unreadFiles = UInt64(modules.unreadCount)
        drained.threads = UInt64(threads)
        handlerNanoseconds = hearth_read_counters().handler_ns.since(baseline.handler_ns)
    }

    mutating func rate(_ hertz: Int, _ governor: Governor?) {
        drained.hertz = Double(hertz) / Double(governor?.divisor ?? 1)
        drained.rateChanges = UInt64(governor?.changes.count ?? 0)
    }

    /// The counters run on for the next sampler: this one's are kept as they are.
    mutating func end() { ended = statistics() }

    /// CPU time that sampling took, and that the process used without Hearth's own thread, in nanoseconds.
    func spent(since earlier: SamplingAccount) -> (cost: UInt64, process: UInt64) {
        let drain = current.drain.since(earlier.current.drain)
        let samples = drained.samples.since(earlier.drained.samples)
        let handlers = handlerNanoseconds.since(earlier.handlerNanoseconds)
        let process = current.process.since(earlier.current.process).since(drain)
        return (drain &+ handlers &+ samples &* SamplingStatistics.deliveryNanoseconds, process)
    }

    func statistics() -> SamplingStatistics {
        if let ended { return ended }
        let now = hearth_read_counters()
        var statistics = drained
        statistics.lost =
            now.lost_ring_full.since(baseline.lost_ring_full) + now.lost_no_scratch.since(baseline.lost_no_scratch)
            + now.lost_no_room.since(baseline.lost_no_room) + now.lost_unknown.since(baseline.lost_unknown)
        statistics.lostNanoseconds = now.lost_ns.since(baseline.lost_ns)
        statistics.truncated = now.truncated.since(baseline.truncated)
        statistics.incomplete = now.gave_up.since(baseline.gave_up)
        statistics.asyncStacks = now.async.since(baseline.async)
        statistics.brokenAsyncStacks = now.async_broken.since(baseline.async_broken)
        statistics.interruptedCalls = now.interrupted_calls.since(baseline.interrupted_calls)
        statistics.faultsAvoided = now.faults_avoided.since(baseline.faults_avoided)
        statistics.threadsBlocked = now.threads_blocked
        statistics.threadsUnanswered = now.threads_unanswered
        statistics.threadsRefused = now.threads_refused.since(baseline.threads_refused)
        statistics.labelOverflow = LabelRegistry.overflow.since(labelOverflow)
        let spans = SpanSlots.counters
        statistics.spanOverflow = spans.overflow.since(baselineSpans.overflow)
        statistics.spansLost &+= spans.stale.since(baselineSpans.stale)
        statistics.handlerTimes = HandlerTimes.now().since(baselineTimes)
        statistics.handlerNanoseconds = now.handler_ns.since(baseline.handler_ns)
        statistics.drainNanoseconds = current.drain.since(usage.drain)
        statistics.processNanoseconds = current.process.since(usage.process).since(statistics.drainNanoseconds)
        statistics.bufferBytes = hearth_buffer_bytes()
        return statistics
    }
}

extension UInt64 {
    /// What was counted since `earlier`. Never traps: accounting must not end the host, even where a clock goes back.
    func since(_ earlier: UInt64) -> UInt64 { self > earlier ? self - earlier : 0 }
}
