internal import CoreMetrics
internal import HearthSampling

/// The agent's account of itself as metrics, for whatever backend the service has.
///
/// Totals only go up and are told by what came since the last report; the rest is what holds now. Used by one thread at a
/// time, the one that drains.
struct AgentMetrics {
    private var last = SamplingStatistics()
    private let figures: [(metric: AgentMetric, handler: Handler)]

    private enum Handler {
        case count(Counter)
        case seconds(FloatingPointCounter)
        case gauge(Meter)
    }

    init(factory: any MetricsFactory) {
        figures = AgentMetric.all.map { metric in
            let dimensions = metric.labels.map { ($0.key, $0.value) }
            let handler: Handler =
                switch metric.kind {
                case .count: .count(Counter(label: metric.name, dimensions: dimensions, factory: factory))
                case .nanoseconds:
                    .seconds(FloatingPointCounter(label: metric.name, dimensions: dimensions, factory: factory))
                case .gauge: .gauge(Meter(label: metric.name, dimensions: dimensions, factory: factory))
                }
            return (metric, handler)
        }
    }

    /// Tells what holds now, and what came since the last call. A total that has not moved is told as it is, by 0, so that
    /// it exists from the start.
    mutating func report(_ statistics: SamplingStatistics) {
        for (metric, handler) in figures {
            guard let now = metric.value(statistics) else { continue }
            switch handler {
            case .count(let counter): counter.increment(by: Int64(max(now - (metric.value(last) ?? 0), 0)))
            case .seconds(let counter): counter.increment(by: max(now - (metric.value(last) ?? 0), 0) * 1e-9)
            case .gauge(let meter): meter.set(now)
            }
        }
        last = statistics
    }
}
