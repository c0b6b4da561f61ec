import HearthSampling
import HearthTruths
import Testing

extension SamplerTests {
    /// Short forms of what `Tools/bench accuracy` measures at length: distances from the truth that chance does not explain.
    @Suite(.serialized) struct TruthTests {
        private func check(_ truth: Truth) { #expect(truth.holds, "\(truth.remarks.joined(separator: "; "))") }

        @Test func fixedShares() async throws { check(try await .fixedShares(seconds: 4, hertz: 250)) }
        @Test func fairness() async throws { check(try await .fairness(seconds: 4, hertz: 100)) }
        @Test func shortThreads() async throws { check(try await .shortThreads(count: 2_000, hertz: 100)) }
        @Test func lockStep() async throws { check(try await .lockStep(seconds: 5, hertz: 100)) }
        @Test func callersOfLibc() async throws { check(try await .callersOfLibc(seconds: 1.5, hertz: 250)) }
        @Test func asyncStacks() async throws { check(try await .asyncStacks(seconds: 4, hertz: 1_000)) }
        @Test func joinedParents() async throws { check(try await .joinedParents(seconds: 1.5, hertz: 250)) }
        @Test func labelShares() async throws { check(try await .labelShares(seconds: 1.5, hertz: 250)) }
        @Test func timeBlocks() async throws { check(try await .timeBlocks(seconds: 0.4, hertz: 250)) }
        @Test func steadyCoverage() async throws { check(try await .steadyCoverage(seconds: 2, hertz: 100)) }

        @Test func distanceToPerf() async throws {
            // Nil where perf is refused; standard error has the reason.
            if let truth = try await Truth.distanceToPerf(seconds: 2, hertz: 1_000) { check(truth) }
        }

        /// The counter of interrupted calls tells what the host met.
        @Test func interruptedCallsAreCounted() async throws {
            let wall = try await InterruptedCalls.count(
                .poll, SamplingConfiguration(times: .wall, wallHertz: 100), seconds: 1)
            #expect(wall.interrupted > 5, "the wall clock meets a thread that waits most of the time")
            #expect(Double(wall.counted) >= 0.8 * Double(wall.interrupted), "\(wall)")
            let read = try await InterruptedCalls.count(
                .read, SamplingConfiguration(times: .wall, wallHertz: 100), seconds: 1)
            #expect(read.interrupted == 0, "SA_RESTART covers read")
        }
    }
}
