import Foundation
import HearthSampling
import HearthTruths

/// How much of the truth a profile shows, on work whose truth is known.
struct AccuracyBench {
    func run() async throws {
        report(try await Truth.steadyCoverage(seconds: 10, hertz: 100))
        report(try await Truth.asyncStacks(seconds: 20, hertz: 1_000))
        report(try await Truth.joinedParents(seconds: 5, hertz: 1_000))
        report(try await Truth.labelShares(seconds: 5, hertz: 1_000))
        report(try await Truth.fixedShares(seconds: 20, hertz: 1_000))
        report(try await Truth.fairness(seconds: 10, hertz: 100))
        report(try await Truth.shortThreads(count: 2_000, hertz: 100))
        report(try await Truth.lockStep(seconds: 20, hertz: 100))
        report(try await Truth.callersOfLibc(seconds: 5, hertz: 1_000))
        if let truth = try await Truth.distanceToPerf(seconds: 10, hertz: 1_000) { report(truth) }
        for call in InterruptedCalls.Call.allCases {
            for (name, configuration) in [
                ("timer", SamplingConfiguration(hertz: 100, clock: .timer)),
                ("timer-1khz", SamplingConfiguration(hertz: 1_000, clock: .timer)),
                ("perf-1khz", SamplingConfiguration(hertz: 1_000, clock: .perf)),
                ("wall", SamplingConfiguration(times: .wall, wallHertz: 20)),
            ] {
                guard let outcome = try? await InterruptedCalls.count(call, configuration, seconds: 2) else { continue }
                printFigure(
                    "eintr.\(name).\(call.rawValue)",
                    1_000 * Double(outcome.interrupted) / Double(max(outcome.of, 1)), "of 1000 calls", digits: 2)
            }
        }
    }

    private func report(_ truth: Truth) {
        for figure in truth.figures { printFigure(figure.key, figure.value, figure.unit, digits: figure.digits) }
        for remark in truth.remarks { print("# \(truth.holds ? "" : "not as it should be: ")\(remark)") }
    }
}
