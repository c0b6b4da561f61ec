package import HearthSampling

/// One figure of the agent's account of itself, for whatever takes metrics.
package struct AgentMetric: Sendable {
    package enum Kind: Sendable {
        /// Only goes up.
        case count
        /// Only goes up, in seconds; the value is in nanoseconds.
        case nanoseconds
        /// What holds now.
        case gauge
    }

    package var name: String
    package var labels: [(key: String, value: String)] = []
    package var kind: Kind
    /// One line: what the figure means.
    package var help: String
    /// Nil where it is not known.
    package var value: @Sendable (SamplingStatistics) -> Double?

    /// Figures of one name stand beside each other.
    package static let all: [AgentMetric] =
        counts.map { name, help, path in
            AgentMetric(name: name, kind: .count, help: help) { Double($0[keyPath: path()]) }
        }
        + times.map { name, help, path in
            AgentMetric(name: name, kind: .nanoseconds, help: help) { Double($0[keyPath: path()]) }
        } + gauges

    private typealias Total = (String, String, @Sendable () -> KeyPath<SamplingStatistics, UInt64>)

    private static let counts: [Total] = [
        ("hearth_samples_total", "Samples that reached a profile.", { \.samples }),
        ("hearth_samples_lost_total", "Samples that were dropped.", { \.lost }),
        ("hearth_stacks_truncated_total", "Stacks deeper than 512 frames, whose middle is missing.", { \.truncated }),
        ("hearth_stacks_incomplete_total", "Stacks whose root end is missing.", { \.incomplete }),
        ("hearth_stacks_overflow_total", "Stacks that found no room in the profile.", { \.stackOverflow }),
        ("hearth_async_stacks_total", "Stacks of tasks with their logical callers.", { \.asyncStacks }),
        ("hearth_async_stacks_broken_total", "Stacks of tasks whose callers were not found.", { \.brokenAsyncStacks }),
        ("hearth_faults_avoided_total", "Loads that a probe refused.", { \.faultsAvoided }),
        ("hearth_labels_overflow_total", "Label sets that found no room.", { \.labelOverflow }),
        ("hearth_rows_overflow_total", "Rows whose labels were given up.", { \.rowOverflow }),
        ("hearth_spans_overflow_total", "Spans that found no slot.", { \.spanOverflow }),
        ("hearth_spans_lost_total", "Samples whose span could not be told.", { \.spansLost }),
        ("hearth_threads_refused_total", "Threads that got no clock.", { \.threadsRefused }),
        ("hearth_calls_interrupted_total", "System calls that answered EINTR for a sample.", { \.interruptedCalls }),
        ("hearth_rate_changes_total", "Changes of the rate by the limit of its cost.", { \.rateChanges }),
    ]

    private static let times: [Total] = [
        ("hearth_sampled_cpu_seconds_total", "CPU time that samples stand for.", { \.cpuNanoseconds }),
        ("hearth_sampled_wall_seconds_total", "Wall time that samples stand for.", { \.wallNanoseconds }),
        ("hearth_lost_seconds_total", "Time that dropped samples stood for.", { \.lostNanoseconds }),
        ("hearth_handler_seconds_total", "Time in the signal handler.", { \.handlerNanoseconds }),
        ("hearth_drain_cpu_seconds_total", "CPU time of the profiler's own thread.", { \.drainNanoseconds }),
    ]

    private static let gauges: [AgentMetric] = [
        gauge("hearth_rate_hertz", "Samples a second of CPU time, as sampled now.") { $0.hertz },
        gauge("hearth_threads", "Threads that are sampled.") { Double($0.threads) },
        gauge("hearth_threads_blocked", "Threads that block the signal and cannot be sampled.") {
            Double($0.threadsBlocked)
        },
        gauge("hearth_threads_unanswered", "Threads that have not answered the wall clock.") {
            Double($0.threadsUnanswered)
        },
        gauge("hearth_coverage_ratio", "Sampled CPU time by used CPU time.") { $0.coverage },
        gauge("hearth_memory_bytes", "Memory of the profiler.", [("of", "tables")]) { Double($0.tableBytes) },
        gauge("hearth_memory_bytes", "Memory of the profiler.", [("of", "buffers")]) { Double($0.bufferBytes) },
        gauge("hearth_memory_bytes", "Memory of the profiler.", [("of", "profile")]) { Double($0.profileBytes) },
        gauge("hearth_handler_duration_seconds", "Time in the handler for one sample.", [("quantile", "0.5")]) {
            $0.handlerTimes.percentile(0.5).map { $0 * 1e-9 }
        },
        gauge("hearth_handler_duration_seconds", "Time in the handler for one sample.", [("quantile", "0.99")]) {
            $0.handlerTimes.percentile(0.99).map { $0 * 1e-9 }
        },
    ]

    private static func gauge(
        _ name: String, _ help: String, _ labels: [(key: String, value: String)] = [],
        _ value: @escaping @Sendable (SamplingStatistics) -> Double?
    ) -> AgentMetric { AgentMetric(name: name, labels: labels, kind: .gauge, help: help, value: value) }
}
