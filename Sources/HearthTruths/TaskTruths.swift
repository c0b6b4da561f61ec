internal import Foundation
internal import HearthLabels
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols
internal import Synchronization

/// Swift tasks: who awaits whom, and which labels hold.
extension Truth {
    /// Every sample taken in a function of the tree must show the functions it was called through. Those that were dropped count
    /// against it.
    package static func asyncStacks(seconds: Double, hertz: Int) async throws -> Truth {
        let (stacks, result) = try await record(.init(hertz: hertz), keepsThunks: true) { labels in
            try await withProfilingLabels(labels) {
                let end = Date().addingTimeInterval(seconds)
                while Date() < end { _ = try await AsyncTree.run(children: 8, turns: 500) }
            }
        }
        var exact: Int64 = 0
        var all = Int64(result.statistics.lost)
        var wrong: [String: Int64] = [:]
        for entry in stacks.entries {
            let seen = entry.names.compactMap { name in AsyncTree.chain.firstIndex { name.contains($0) } }
            guard let deepest = seen.max() else { continue }
            all += entry.samples
            if seen == Array(0...deepest), !entry.names.contains("[incomplete]"), !entry.names.contains("[truncated]") {
                exact += entry.samples
            } else {
                wrong[entry.names.joined(separator: " < "), default: 0] += entry.samples
            }
        }
        let interval = ExactInterval(successes: Int(exact), of: Int(max(all, 1)))
        var truth = Truth()
        truth.add("async.exact", 100 * Double(exact) / Double(max(all, 1)), "%", digits: 3)
        truth.add("async.exact.low", 100 * interval.low, "%", digits: 3)
        truth.add("async.exact.high", 100 * interval.high, "%", digits: 3)
        truth.add("async.samples", Double(all), "samples")
        truth.add("async.broken", Double(result.statistics.brokenAsyncStacks), "samples")
        for (stack, count) in wrong.sorted(by: { $0.value > $1.value }).prefix(8) {
            truth.remarks.append("\(count) × \(stack)")
        }
        truth.require(all > 100, "\(all) samples in the tree")
        truth.require(interval.high > 0.999, "\(exact) of \(all) show the exact chain")
        return truth
    }

    /// Child tasks whose parent waits: how many show the function that opened their group.
    package static func joinedParents(seconds: Double, hertz: Int) async throws -> Truth {
        let (stacks, _) = try await record(.init(hertz: hertz)) { labels in
            await withProfilingLabels(labels) {
                let end = Date().addingTimeInterval(seconds)
                while Date() < end { _ = await AsyncWorkload.opensGroup(children: 4, milliseconds: 3) }
            }
        }
        let children = stacks.entries.filter { $0.names.contains { $0.contains("groupChild") } }
        let all = children.reduce(0) { $0 + $1.samples }
        let joined = children.filter { $0.names.contains { $0.contains("opensGroup") } }.reduce(0) { $0 + $1.samples }
        var truth = Truth()
        truth.add("async.joined", 100 * Double(joined) / Double(max(all, 1)), "%", digits: 2)
        truth.require(all > 50, "\(all) samples in child tasks")
        truth.require(Double(joined) > 0.95 * Double(all), "\(joined) of \(all) show the parent")
        return truth
    }

    /// Two labels in tasks that suspend and change threads, three parts of CPU time to one.
    package static func labelShares(seconds: Double, hertz: Int) async throws -> Truth {
        let three = ProfilingLabels(["part": "three"])
        let one = ProfilingLabels(["part": "one"])
        let (stacks, _) = try await record(.init(hertz: hertz)) { labels in
            await withProfilingLabels(labels) {
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<8 {
                        group.addTask {
                            for _ in 0..<Int(seconds * 25) {
                                await withProfilingLabels(index % 2 == 0 ? three : one) {
                                    if index % 2 == 0 {
                                        _ = Workload.heavyWork(seconds: 0.007_5)
                                    } else {
                                        _ = Workload.lightWork(seconds: 0.002_5)
                                    }
                                    await Task.yield()
                                }
                            }
                        }
                    }
                }
            }
        }
        var right: Int64 = 0
        var all: Int64 = 0
        for (name, label) in [("heavyWork", "three"), ("lightWork", "one")] {
            for entry in stacks.entries where entry.names.contains(where: { $0.contains(name) }) {
                all += entry.samples
                if entry.labels["part"] == label { right += entry.samples }
            }
        }
        let labelled = stacks.entries.filter { $0.labels["part"] == "three" }.reduce(0) { $0 + $1.samples }
        let share = Double(labelled) / Double(max(all, 1))
        var truth = Truth()
        truth.add("labels.right", 100 * Double(right) / Double(max(all, 1)), "%", digits: 3)
        truth.add("labels.share", 100 * share, "%", digits: 2)
        truth.require(all > 100, "\(all) samples")
        truth.require(Double(right) >= 0.999 * Double(all), "\(right) of \(all) samples carry the label of their work")
        let deviation = (0.75 * 0.25 / Double(max(all, 1))).squareRoot()
        truth.require(abs(share - 0.75) < 5 * deviation + 0.01, "share \(share)")
        return truth
    }
}
