import Foundation
import HearthProfile
import HearthSyntheticService

/// How often a gate of ten runs a side alarms for nothing, and how often it finds growth inside one function: simulated runs of 1,500
/// call sites in 300 functions, 6,000 samples each, whose costs vary by 4 % and all together by 1 %.
///
/// `HEARTH_BENCH_TRIALS` pairs a figure, 400 where nothing is said.
struct GateBench {
    private let trials = ProcessInfo.processInfo.environment["HEARTH_BENCH_TRIALS"].flatMap { Int($0) } ?? 400
    private let runCount = 10

    func run() throws {
        print("# \(trials) pairs a figure, \(runCount) runs a side; intervals hold the true share in 95 of 100 cases")
        var alarms = 0
        var undecided = 0
        for trial in 0..<trials {
            var runs = runs(trial)
            switch try ProfileGate(base: runs.runs(runCount), new: runs.runs(runCount)).verdict {
            case .regressed: alarms += 1
            case .undecided: undecided += 1
            case .passed: break
            }
        }
        share(alarms, "gate.false")
        share(undecided, "gate.undecided")
        // A hot function, one in the middle, a cold one.
        for (name, rank) in [("hot", 1), ("medium", 20), ("cold", 120)] {
            for (size, growth) in [("1pct", 0.01), ("2pct", 0.02), ("5pct", 0.05)] {
                var failed = 0
                var named = 0
                for trial in 0..<trials {
                    var runs = runs(trial)
                    let function = runs.functionsByCost[rank]
                    let base = runs.runs(runCount)
                    let changes = [function.function: 1 + growth / max(function.share, 1e-4)]
                    let gate = try ProfileGate(base: base, new: runs.runs(runCount, changes: changes))
                    if gate.verdict == .regressed { failed += 1 }
                    if gate.findings.contains(where: { $0.function == SyntheticRuns.name(function.function) }) {
                        named += 1
                    }
                }
                share(failed, "gate.found.\(size).\(name)")
                share(named, "gate.named.\(size).\(name)")
            }
        }
    }

    private func runs(_ trial: Int) -> SyntheticRuns {
        var shape = SyntheticRuns.Shape()
        shape.common = 0.01
        return SyntheticRuns(shape, seed: UInt64(trial + 1))
    }

    private func share(_ count: Int, _ key: String) {
        let interval = ClopperPearson.interval(count, of: trials)
        printFigure(key, Double(count) / Double(trials) * 100, "%", digits: 1)
        printFigure("\(key).low", interval.lowerBound * 100, "%", digits: 1)
        printFigure("\(key).high", interval.upperBound * 100, "%", digits: 1)
    }
}
