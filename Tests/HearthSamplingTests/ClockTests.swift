import Hearth
import HearthSampling
import HearthSymbols
import HearthTruths
import Testing

@testable import HearthSampling

extension SamplerTests {
    /// Which clock runs, that it is said, and that the weights are the CPU time at every rate.
    @Suite(.serialized) struct ClockTests {
        /// Nil, with a line, where the kernel refuses perf events.
        private func start(_ hertz: Int, _ clock: CPUClock) throws -> Sampler? {
            do {
                return try Sampler.start(.init(hertz: hertz, clock: clock, costLimit: nil))
            } catch {
                guard case .perfRefused = error else { throw error }
                print("\(error); \(hertz) Hz by perf events is not tested")
                return nil
            }
        }

        @Test(arguments: [
            (19, CPUClock.timer), (100, .timer), (250, .timer), (1_000, .timer), (4_000, .timer), (100, .perf),
            (1_000, .perf), (4_000, .perf), (1_000, .automatic),
        ])
        func weightsAreTheCPUTime(_ hertz: Int, _ clock: CPUClock) async throws {
            guard let sampler = try start(hertz, clock) else { return }
            await sampler.ready()
            let labels = ProfilingLabels(["suite": "clock"])
            // On this thread of the pool from start to end: no suspension in between.
            let used = await Task.detached {
                withProfilingLabels(labels) {
                    let begin = Workload.threadSeconds()
                    _ = Workload.heavyWork(seconds: 2)
                    return Workload.threadSeconds() - begin
                }
            }.value
            let result = await sampler.stop()
            let named = Symbolizer().symbolize(result.profile).hidingThunks()
            let stacks = SampledStacks(named, labels: ["suite": "clock"])
            let sampled = stacks.nanoseconds(through: "heavyWork", column: 1) * 1e-9
            // One period at each end; beyond that one in a hundred, for what interrupts of the machine take.
            let tolerance = 0.01 * used + 2 / Double(hertz) + 0.008
            #expect(abs(sampled - used) < tolerance, "\(hertz) Hz \(clock): \(sampled) s of \(used) s")
            let text = try #require(result.profile.attributes["clock"])
            switch clock {
            case .timer: #expect(text.contains("timers") && text.contains("asked for"))
            case .perf: #expect(text.contains("perf events") && text.contains("asked for"))
            case .automatic: #expect(text.contains("ticks a second"), "\(text)")
            }
            if hertz == 4_000, clock == .perf {
                // A timer would have given 250 samples a second.
                #expect(stacks.samples > 2_000, "\(stacks.samples) samples in 2 s")
            }
        }
    }

    /// The limit of what sampling may cost: pure arithmetic.
    @Suite struct GovernorTests {
        private let second: UInt64 = 1_000_000_000

        @Test func halvesAndDoubles() {
            var governor = Governor(limit: 0.01)
            // 3 % of a busy core.
            let lowered = governor.consider(cost: second / 33, process: second, elapsed: second, at: 5_000_000_000)
            #expect(lowered)
            #expect(governor.divisor == 2)
            // 0.8 %: neither over the limit nor far below it.
            let kept = !governor.consider(cost: second / 125, process: second, elapsed: second, at: 10_000_000_000)
            #expect(kept)
            // 0.2 %: room for twice the rate.
            let raised = governor.consider(cost: second / 500, process: second, elapsed: second, at: 15_250_000_000)
            #expect(raised)
            #expect(governor.divisor == 1)
            #expect(governor.description(hertz: 100) == "100 Hz; 50 Hz from 5.0 s; 100 Hz from 15.2 s")
        }

        @Test func leavesAnIdleProcessAlone() {
            var governor = Governor(limit: 0.01)
            // All that little which the process uses is ours, and it is little.
            let kept = !governor.consider(cost: 500_000, process: 500_000, elapsed: second, at: 0)
            #expect(kept)
        }

        @Test func hasAnEnd() {
            var governor = Governor(limit: 0.01)
            for _ in 0..<200 { _ = governor.consider(cost: second, process: second, elapsed: second, at: 0) }
            #expect(governor.divisor == Governor.largestDivisor && governor.changes.count == 6)
            for turn in 0..<1_000 {
                _ = governor.consider(cost: turn % 2 == 0 ? second : 0, process: second, elapsed: second, at: 0)
            }
            #expect(governor.changes.count <= Governor.changeLimit)
        }

        /// A limit so low that a busy thread at 1 kHz passes it: the rate goes down, and the weights stay right.
        @Test func weightsStayRightWhenTheRateChanges() async throws {
            let sampler = try Sampler.start(.init(hertz: 4_000, costLimit: 0.000_1))
            await sampler.ready()
            let labels = ProfilingLabels(["suite": "governor"])
            let used = await Task.detached {
                withProfilingLabels(labels) {
                    let begin = Workload.threadSeconds()
                    _ = Workload.heavyWork(seconds: 12)
                    return Workload.threadSeconds() - begin
                }
            }.value
            let result = await sampler.stop()
            #expect(result.statistics.rateChanges >= 1, "\(result.statistics.rateChanges)")
            #expect(result.statistics.hertz < 4_000)
            #expect(result.profile.attributes["rate"]?.hasPrefix("4000 Hz; 2000 Hz from ") == true)
            let named = Symbolizer().symbolize(result.profile).hidingThunks()
            let stacks = SampledStacks(named, labels: ["suite": "governor"])
            let sampled = stacks.nanoseconds(through: "heavyWork", column: 1) * 1e-9
            #expect(abs(sampled - used) < 0.01 * used + 0.05, "\(sampled) s of \(used) s")
        }
    }
}
