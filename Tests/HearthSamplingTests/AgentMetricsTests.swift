import CoreMetrics
import HearthSampling
import HearthTruths
import MetricsTestKit
import Testing

@testable import Hearth

@Suite struct AgentMetricsTests {
    @Test func totalsAreToldByWhatCame() throws {
        let backend = TestMetrics()
        var metrics = AgentMetrics(factory: backend)
        var statistics = SamplingStatistics()
        statistics.samples = 10
        statistics.threads = 4
        statistics.handlerNanoseconds = 3_000_000_000
        statistics.hertz = 100
        metrics.report(statistics)
        statistics.samples = 25
        statistics.lost = 2
        statistics.threads = 3
        statistics.cpuNanoseconds = 900_000_000
        statistics.processNanoseconds = 1_000_000_000
        metrics.report(statistics)
        // Never down, whatever the account says.
        statistics.samples = 20
        metrics.report(statistics)
        #expect(try backend.expectCounter("hearth_samples_total").values == [10, 15, 0])
        #expect(try backend.expectCounter("hearth_samples_lost_total").values == [0, 2, 0])
        #expect(backend.counterTotal(label: "hearth_handler_seconds_total") == 3)
        #expect(try backend.expectMeter("hearth_threads").values == [4, 3, 3])
        #expect(try backend.expectMeter("hearth_rate_hertz").values == [100, 100, 100])
        // None while no CPU time is known.
        #expect(try backend.expectMeter("hearth_coverage_ratio").values == [0.9, 0.9])
    }

    @Test func namesAreThoseOfPrometheus() {
        let backend = TestMetrics()
        var metrics = AgentMetrics(factory: backend)
        metrics.report(SamplingStatistics())
        #expect(!backend.counters.isEmpty)
        for name in backend.counters.map(\.label) {
            #expect(name.hasPrefix("hearth_") && name.hasSuffix("_total"))
            #expect(name.allSatisfy { $0.isLowercase || $0 == "_" })
        }
    }
}

extension SamplerTests {
    @Suite(.serialized) struct ReportedMetricsTests {
        @Test func theWholeAccountIsReportedAtTheEnd() async throws {
            let backend = TestMetrics()
            var configuration = Profiler.Configuration()
            configuration.hertz = 250
            configuration.metrics = backend
            // The governor would answer a busy machine with a lower rate.
            configuration.costLimit = nil
            let profiler = Profiler.start(service: "measured", configuration: configuration)
            await profiler.ready()
            _ = Workload.heavyWork(seconds: 0.3)
            _ = await profiler.stop()
            let statistics = profiler.statistics
            #expect(statistics.samples > 0)
            #expect(backend.counterTotal(label: "hearth_samples_total") == Int64(statistics.samples))
            #expect(try backend.expectMeter("hearth_rate_hertz").values == [250])
            let memory = backend.meters(label: "hearth_memory_bytes").map { $0.values.last ?? 0 }
            #expect(memory.count == 3 && memory.allSatisfy { $0 > 0 })
            let quantiles = backend.meters(label: "hearth_handler_duration_seconds")
            let last = quantiles.map { $0.values.last ?? 0 }
            #expect(last.count == 2 && last.allSatisfy { $0 > 0 })
        }
    }
}
