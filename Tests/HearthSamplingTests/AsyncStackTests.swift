import Hearth
import HearthSampling
import HearthSymbols
import Testing

extension SamplerTests {
    /// The logical callers of a task, with stock compiler flags.
    @Suite(.serialized) struct AsyncStackTests {
        private func record(keepsRunLoop: Bool = false, hertz: Int = 250) async throws -> (
            SampledStacks, SamplingStatistics
        ) {
            let sampler = try Sampler.start(.init(hertz: hertz, keepsRunLoop: keepsRunLoop))
            await sampler.ready()
            let labels = ProfilingLabels(["suite": "async"])
            try await Task.detached {
                try await withProfilingLabels(labels) {
                    // 2 + 2 + 3 + 3 ms a turn: 1.5 s, 375 samples.
                    _ = try await AsyncWorkload.topAsync(2, turns: 150)
                }
            }.value
            let result = await sampler.stop()
            return (
                SampledStacks(Symbolizer().symbolize(result.profile), labels: ["suite": "async"]), result.statistics
            )
        }

        @Test func everyLogicalCallerIsThere() async throws {
            let (stacks, statistics) = try await record()
            let burning = stacks.entries.filter { $0.names.contains { $0.contains("burnBriefly") } }
            let samples = burning.reduce(0) { $0 + $1.samples }
            #expect(samples > 200)
            for entry in burning {
                let names = entry.names.filter { $0.contains("Async(") || $0.contains("burnBriefly") }
                #expect(
                    names == [
                        "AsyncWorkload.topAsync(_:turns:)", "AsyncWorkload.middleAsync(_:)",
                        "AsyncWorkload.leafAsync(_:)",
                        "AsyncWorkload.burnBriefly(_:)",
                    ], "\(entry.names)")
                #expect(!entry.names.contains { $0.contains("swift_job_run") || $0.contains("start_thread") })
            }
            #expect(statistics.asyncStacks > 200)
            #expect(Double(statistics.brokenAsyncStacks) <= 0.01 * Double(statistics.asyncStacks), "\(statistics)")
        }

        @Test func theRunLoopIsKeptOnDemand() async throws {
            let (stacks, _) = try await record(keepsRunLoop: true)
            let burning = stacks.entries.filter { $0.names.contains { $0.contains("burnBriefly") } }
            #expect(burning.reduce(0) { $0 + $1.samples } > 200)
            for entry in burning {
                #expect(["clone3", "__clone3", "clone"].contains(entry.names.first))
                let top = entry.names.firstIndex { $0.contains("topAsync") }
                let run = entry.names.firstIndex { $0.contains("swift_job_run") }
                if let top, let run { #expect(run < top) } else { Issue.record("\(entry.names)") }
            }
        }
    }
}
