import Foundation
import HearthProfile
import HearthSyntheticService

/// What comparisons of profiles find of changes that are known, and what they take for a change that is none: simulated runs of
/// 1,500 call sites in 300 functions, 6,000 samples each. Costs are compared as they are, and as shares.
///
/// `HEARTH_BENCH_TRIALS` comparisons a figure, 400 where nothing is said.
struct VerdictsBench {
    private struct Case {
        var name: String
        var runs: (base: Int, new: Int)
        var asBlocks = false
        /// Of each run, where runs differ in more than their samples.
        var noise = 0.04
    }

    private let trials = ProcessInfo.processInfo.environment["HEARTH_BENCH_TRIALS"].flatMap { Int($0) } ?? 400
    private let cases = [
        Case(name: "runs3", runs: (3, 3)), Case(name: "runs5", runs: (5, 5)), Case(name: "runs10", runs: (10, 10)),
        Case(name: "runs10.quiet", runs: (10, 10), noise: 0), Case(name: "runs10.loud", runs: (10, 10), noise: 0.12),
        Case(name: "runs10to2", runs: (10, 2)), Case(name: "blocks20", runs: (20, 20), asBlocks: true),
        Case(name: "counts.quiet", runs: (1, 1), noise: 0), Case(name: "counts", runs: (1, 1)),
    ]

    func run() throws {
        print("# \(trials) comparisons a figure; intervals hold the true share in 95 of 100 cases")
        for item in cases {
            for normalization in [ProfileDiff.Normalization.absolute, .share] {
                // The sums of unequal sides are not to be compared as they are.
                if normalization == .absolute, item.runs.base != item.runs.new { continue }
                try same(item, normalization)
                try changed(item, normalization)
            }
        }
    }

    private func compare(
        _ item: Case, _ runs: inout SyntheticRuns, _ changes: [Int: Double], _ normalization: ProfileDiff.Normalization
    ) throws -> ProfileDiff {
        if item.asBlocks {
            return try ProfileDiff(
                base: runs.blocks(item.runs.base), new: runs.blocks(item.runs.new, changes: changes),
                normalization: normalization)
        }
        return try ProfileDiff(
            base: runs.runs(item.runs.base), new: runs.runs(item.runs.new, changes: changes),
            normalization: normalization)
    }

    private func runs(_ item: Case, trial: Int) -> SyntheticRuns {
        var shape = SyntheticRuns.Shape()
        shape.noise = item.noise
        return SyntheticRuns(shape, seed: UInt64(trial + 1))
    }

    /// Runs of the same program: whatever counts as changed is an alarm for nothing.
    private func same(_ item: Case, _ normalization: ProfileDiff.Normalization) throws {
        var alarms = (own: 0, total: 0, nodes: 0)
        for trial in 0..<trials {
            var runs = runs(item, trial: trial)
            let diff = try compare(item, &runs, [:], normalization)
            let rows = diff.rows()
            if rows.contains(where: { $0.selfChange.verdict != .noise }) { alarms.own += 1 }
            if rows.contains(where: { $0.totalChange.verdict != .noise }) { alarms.total += 1 }
            if diff.changedNodes > 0 { alarms.nodes += 1 }
        }
        let key = "verdicts.\(normalization == .share ? "share" : "absolute").\(item.name).alarm"
        for (name, count) in [("self", alarms.own), ("total", alarms.total), ("nodes", alarms.nodes)] {
            share(count, of: trials, "\(key).\(name)")
        }
    }

    /// One function costs a twentieth of all more, another a fiftieth: how often they are found, and how many of those that
    /// count as changed have not.
    private func changed(_ item: Case, _ normalization: ProfileDiff.Normalization) throws {
        var found = (large: 0, small: 0)
        var falseShares = (own: 0.0, total: 0.0)
        for trial in 0..<trials {
            var runs = runs(item, trial: trial)
            let functions = runs.functionsByCost
            // A hot function and one in the middle.
            let (hot, middle) = (functions[2], functions[30])
            let changes = [hot.function: 1 + 0.05 / hot.share, middle.function: 1 + 0.02 / middle.share]
            let truth = runs.isChanged(changes, asShare: normalization == .share)
            let rows = try compare(item, &runs, changes, normalization).rows()
            let own = rows.filter { $0.selfChange.verdict != .noise }
            let total = rows.filter { $0.totalChange.verdict != .noise }
            falseShares.own += Double(own.count { !truth.own.contains($0.name) }) / Double(max(own.count, 1))
            falseShares.total += Double(total.count { !truth.total.contains($0.name) }) / Double(max(total.count, 1))
            if own.contains(where: { $0.name == SyntheticRuns.name(hot.function) }) { found.large += 1 }
            if own.contains(where: { $0.name == SyntheticRuns.name(middle.function) }) { found.small += 1 }
        }
        let key = "verdicts.\(normalization == .share ? "share" : "absolute").\(item.name)"
        share(found.large, of: trials, "\(key).found.5pct")
        share(found.small, of: trials, "\(key).found.2pct")
        printFigure("\(key).false.self", falseShares.own / Double(trials) * 100, "%", digits: 2)
        printFigure("\(key).false.total", falseShares.total / Double(trials) * 100, "%", digits: 2)
    }

    private func share(_ count: Int, of trials: Int, _ key: String) {
        let interval = ClopperPearson.interval(count, of: trials)
        printFigure(key, Double(count) / Double(trials) * 100, "%", digits: 1)
        printFigure("\(key).low", interval.lowerBound * 100, "%", digits: 1)
        printFigure("\(key).high", interval.upperBound * 100, "%", digits: 1)
    }
}
