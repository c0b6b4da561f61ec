internal import CoreMetrics
internal import HearthSampling
internal import Synchronization

/// Reports the statistics of one sampler. The metrics are made with the first report, not at the start: a service starts
/// its profiler before it has a metrics backend.
final class MetricsReporter: Sendable {
    private let factory: (any MetricsFactory)?
    private let metrics = Mutex<AgentMetrics?>(nil)

    /// - Parameter factory: nil for that of the process, as soon as it has one.
    init(factory: (any MetricsFactory)?) {
        self.factory = factory
    }

    func report(_ statistics: SamplingStatistics) {
        metrics.withLock { metrics in
            if metrics == nil {
                let factory = self.factory ?? MetricsSystem.factory
                if factory is NOOPMetricsHandler { return }
                metrics = AgentMetrics(factory: factory)
            }
            metrics?.report(statistics)
        }
    }
}
