internal import CoreMetrics
internal import HearthSampling

/// The agent's account of itself as metrics, for whatever backend the service has.
///
/// Totals only go up and are told by what came since the last report; the rest is what holds now. Used by one thread at a
/// time, the one that drains.
struct AgentMetrics {
    private var last = SamplingStatistics()
    private let totals: [(value: @Sendable (SamplingStatistics) -> UInt64, counter: Counter)]
    private let seconds: [(nanoseconds: @Sendable (SamplingStatistics) -> UInt64, counter: FloatingPointCounter)]
    private let gauges: [(value: @Sendable (SamplingStatistics) -> Double?, meter: Meter)]

    init(factory: any MetricsFactory) {
        func total(_ name: String, _ value: @escaping @Sendable (SamplingStatistics) -> UInt64) -> (
            @Sendable (SamplingStatistics) -> UInt64, Counter
        ) { (value, Counter(label: name, factory: factory)) }
        totals = [
            total("hearth_samples_total") { $0.samples },
            total("hearth_samples_lost_total") { $0.lost },
            total("hearth_stacks_truncated_total") { $0.truncated },
            total("hearth_stacks_incomplete_total") { $0.incomplete },
            total("hearth_stacks_overflow_total") { $0.stackOverflow },
            total("hearth_async_stacks_total") { $0.asyncStacks },
            total("hearth_async_stacks_broken_total") { $0.brokenAsyncStacks },
            total("hearth_faults_avoided_total") { $0.faultsAvoided },
            total("hearth_labels_overflow_total") { $0.labelOverflow },
            total("hearth_rows_overflow_total") { $0.rowOverflow },
            total("hearth_spans_overflow_total") { $0.spanOverflow },
            total("hearth_spans_lost_total") { $0.spansLost },
            total("hearth_threads_refused_total") { $0.threadsRefused },
            total("hearth_calls_interrupted_total") { $0.interruptedCalls },
            total("hearth_rate_changes_total") { $0.rateChanges },
        ]
        func time(_ name: String, _ value: @escaping @Sendable (SamplingStatistics) -> UInt64) -> (
            @Sendable (SamplingStatistics) -> UInt64, FloatingPointCounter
        ) { (value, FloatingPointCounter(label: name, factory: factory)) }
        seconds = [
            time("hearth_sampled_cpu_seconds_total") { $0.cpuNanoseconds },
            time("hearth_sampled_wall_seconds_total") { $0.wallNanoseconds },
            time("hearth_lost_seconds_total") { $0.lostNanoseconds },
            time("hearth_handler_seconds_total") { $0.handlerNanoseconds },
            time("hearth_drain_cpu_seconds_total") { $0.drainNanoseconds },
        ]
        func gauge(
            _ name: String, _ dimensions: [(String, String)] = [],
            _ value: @escaping @Sendable (SamplingStatistics) -> Double?
        ) -> (@Sendable (SamplingStatistics) -> Double?, Meter) {
            (value, Meter(label: name, dimensions: dimensions, factory: factory))
        }
        gauges = [
            gauge("hearth_rate_hertz") { $0.hertz },
            gauge("hearth_threads") { Double($0.threads) },
            gauge("hearth_threads_blocked") { Double($0.threadsBlocked) },
            gauge("hearth_threads_unanswered") { Double($0.threadsUnanswered) },
            gauge("hearth_coverage_ratio") { $0.coverage },
            gauge("hearth_memory_bytes", [("of", "tables")]) { Double($0.tableBytes) },
            gauge("hearth_memory_bytes", [("of", "buffers")]) { Double($0.bufferBytes) },
            gauge("hearth_memory_bytes", [("of", "profile")]) { Double($0.profileBytes) },
            gauge("hearth_handler_duration_seconds", [("quantile", "0.5")]) { Self.seconds($0, 0.5) },
            gauge("hearth_handler_duration_seconds", [("quantile", "0.99")]) { Self.seconds($0, 0.99) },
        ]
    }

    private static func seconds(_ statistics: SamplingStatistics, _ share: Double) -> Double? {
        statistics.handlerTimes.percentile(share).map { $0 * 1e-9 }
    }

    /// Tells what holds now, and what came since the last call. A total that has not moved is told as it is, by 0, so that
    /// it exists from the start.
    mutating func report(_ statistics: SamplingStatistics) {
        for (value, counter) in totals {
            counter.increment(by: Int64(clamping: value(statistics) &- min(value(last), value(statistics))))
        }
        for (nanoseconds, counter) in seconds {
            let passed = nanoseconds(statistics) &- min(nanoseconds(last), nanoseconds(statistics))
            counter.increment(by: Double(passed) * 1e-9)
        }
        for (value, meter) in gauges {
            if let now = value(statistics) { meter.set(now) }
        }
        last = statistics
    }
}
