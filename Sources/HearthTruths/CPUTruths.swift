internal import Foundation
package import HearthSampling
internal import Synchronization

/// CPU time: who used it, and how much.
extension Truth {
    /// Five functions with 50, 30, 15, 5 and 0.5 parts of the time: counts of samples against the time that each really used.
    package static func fixedShares(seconds: Double, hertz: Int, clock: CPUClock = .automatic) async throws -> Truth {
        let used = Mutex(Array(repeating: 0.0, count: SharedWork.parts.count))
        let (stacks, _) = try await record(.init(hertz: hertz, clock: clock)) { labels in
            try await onThreads(labels, [{ used.withLock { $0 = SharedWork.run(seconds: seconds) } }])
        }
        let counts = SharedWork.names.map { Double(stacks.samples(through: $0)) }
        let total = counts.reduce(0, +)
        let times = used.withLock { $0 }
        let expected = times.map { total * $0 / times.reduce(0, +) }
        let squared = Chance.chiSquared(counts, expected)
        let probability = Chance.chiSquaredTail(squared, degrees: counts.count - 1)
        var truth = Truth()
        truth.add("shares.samples", total, "samples")
        truth.add("shares.chi-squared", squared, "", digits: 2)
        truth.add("shares.p", probability, "", digits: 4)
        for (name, (count, wanted)) in zip(SharedWork.names, zip(counts, expected)) {
            truth.remarks.append("\(name): \(Int(count)) samples, expected \(String(format: "%.1f", wanted))")
        }
        truth.require(total > 0.9 * seconds * Double(hertz), "\(total) samples of \(seconds) s at \(hertz) Hz")
        truth.require(probability > 1e-4, "χ² \(squared): chance explains that once in \(1 / max(probability, 1e-12))")
        return truth
    }

    /// Two busy threads and eight light ones: sampled CPU time of each against what it used.
    package static func fairness(seconds: Double, hertz: Int) async throws -> Truth {
        let used = Mutex([String: Double]())
        let (stacks, _) = try await record(.init(hertz: hertz)) { labels in
            let start = Date()
            try await onThreads(
                labels,
                (0..<10).map { index in
                    {
                        let name = index < 2 ? "busy-\(index)" : "light-\(index)"
                        ThreadName.set(name)
                        let begin = Workload.threadSeconds()
                        while Date().timeIntervalSince(start) < seconds {
                            _ = Workload.heavyWork(seconds: index < 2 ? 0.02 : 0.000_5)
                            if index >= 2 { usleep(10_000) }
                        }
                        used.withLock { $0[name] = Workload.threadSeconds() - begin }
                    }
                })
        }
        var truth = Truth()
        var largest = 0.0
        var worst = ""
        var (sampledSum, usedSum) = (0.0, 0.0)
        for (name, seconds) in used.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let sampled =
                stacks.entries.filter { $0.labels["thread"] == name }.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-9
            sampledSum += sampled
            usedSum += seconds
            // A count of samples that come one a period on the mean: no more than Poisson's deviation, and one at each end.
            let deviation = (seconds / Double(hertz)).squareRoot() + 1 / Double(hertz)
            truth.remarks.append(String(format: "%@: sampled %.3f s, used %.3f s", name, sampled, seconds))
            if abs(sampled - seconds) / deviation > largest {
                largest = abs(sampled - seconds) / deviation
                worst = name
            }
        }
        truth.add("fairness.coverage", 100 * sampledSum / max(usedSum, 1e-9), "%", digits: 2)
        truth.add("fairness.deviations", largest, "deviations", digits: 2)
        truth.require(largest < 5, "\(worst) is \(largest) deviations from what it used")
        return truth
    }

    /// Threads that live 3 ms of CPU time each.
    package static func shortThreads(count: Int, hertz: Int) async throws -> Truth {
        let used = Mutex(0.0)
        let (stacks, _) = try await record(.init(hertz: hertz)) { labels in
            for _ in 0..<(count / 4) {
                try await onThreads(
                    labels,
                    (0..<4).map { _ in
                        {
                            _ = Workload.heavyWork(seconds: 0.003)
                            // A thread's whole life, its start too.
                            let seconds = Workload.threadSeconds()
                            used.withLock { $0 += seconds }
                        }
                    })
            }
        }
        let seconds = used.withLock { $0 }
        let sampled = stacks.entries.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-9
        let coverage = sampled / seconds
        var truth = Truth()
        // Of a count of samples that come by chance. On a loaded machine the coverage was seen to spread by 1.2 of it.
        let deviation = 1 / (seconds * Double(hertz)).squareRoot()
        truth.add("short-threads.coverage", 100 * coverage, "%", digits: 1)
        truth.add("short-threads.deviation", 100 * deviation, "%", digits: 1)
        truth.require(abs(coverage - 1) < 5 * deviation, "\(sampled) s sampled of \(seconds) s used")
        return truth
    }

    /// Two halves of rounds that are exactly one period long: from a fixed phase one of them would be met every time.
    package static func lockStep(seconds: Double, hertz: Int) async throws -> Truth {
        let period = 1 / Double(hertz)
        let (stacks, _) = try await record(.init(hertz: hertz)) { labels in
            try await onThreads(
                labels,
                [
                    {
                        let start = Workload.threadSeconds()
                        for round in 0..<Int(seconds * Double(hertz)) {
                            let begin = start + Double(round) * period
                            _ = Workload.firstHalf(until: begin + period / 2)
                            _ = Workload.secondHalf(until: begin + period)
                        }
                    }
                ])
        }
        let first = Double(stacks.samples(through: "firstHalf"))
        let all = first + Double(stacks.samples(through: "secondHalf"))
        let share = first / max(all, 1)
        // The clock is moved with every fourth sample: so many are independent.
        let deviation = (0.25 / max(all / 4, 1)).squareRoot()
        var truth = Truth()
        truth.add("lock-step.share", 100 * share, "%", digits: 1)
        truth.add("lock-step.deviation", 100 * deviation, "%", digits: 1)
        truth.require(all > 0.7 * seconds * Double(hertz), "\(all) samples")
        truth.require(abs(share - 0.5) < 5 * deviation, "\(first) of \(all)")
        return truth
    }

    /// Callers of libc functions that keep no frame pointer, in a known split.
    package static func callersOfLibc(seconds: Double, hertz: Int) async throws -> Truth {
        let (stacks, _) = try await record(.init(hertz: hertz)) { labels in
            try await onThreads(
                labels,
                [
                    {
                        for _ in 0..<10 {
                            _ = Workload.callsMemcpy(seconds: 0.075 * seconds)
                            _ = Workload.callsMalloc(seconds: 0.025 * seconds)
                        }
                    }
                ])
        }
        let inMemcpy = Double(stacks.samples(through: "callsMemcpy"))
        let inMalloc = Double(stacks.samples(through: "callsMalloc"))
        let all = Double(stacks.samples)
        let share = inMemcpy / max(inMemcpy + inMalloc, 1)
        let deviation = (0.75 * 0.25 / max(inMemcpy + inMalloc, 1)).squareRoot()
        var truth = Truth()
        truth.add("libc-callers.known", 100 * (inMemcpy + inMalloc) / max(all, 1), "%", digits: 2)
        truth.add("libc-callers.share", 100 * share, "%", digits: 2)
        truth.require(inMemcpy + inMalloc >= 0.985 * all, "\(inMemcpy + inMalloc) of \(all) show the caller")
        truth.require(abs(share - 0.75) < 5 * deviation + 0.01, "\(share) of 0.75 in memcpy's caller")
        return truth
    }

    /// Coverage of steady threads: sampled CPU time ÷ used, of the whole process.
    package static func steadyCoverage(seconds: Double, hertz: Int) async throws -> Truth {
        let (_, result) = try await record(.init(hertz: hertz)) { labels in
            try await onThreads(labels, [{ _ = Workload.heavyWork(seconds: seconds) }])
        }
        var truth = Truth()
        let coverage = result.statistics.coverage ?? 0
        truth.add("coverage", 100 * coverage, "%", digits: 2)
        truth.require(abs(coverage - 1) < 0.02 + 5 / (seconds * Double(hertz)), "coverage \(coverage)")
        return truth
    }
}

/// The name that the kernel knows the calling thread by, at most 15 bytes.
enum ThreadName {
    static func set(_ name: String) { try? Data(name.utf8).write(to: URL(fileURLWithPath: "/proc/thread-self/comm")) }
}

/// Five functions with leaf loops of their own.
enum SharedWork {
    static let parts = [50.0, 30, 15, 5, 0.5]
    static let names = ["halfOfIt", "lessThanAThird", "aSeventh", "aTwentieth", "oneInTwoHundred"]

    /// - Returns: CPU time that each used. Turns are of changing length, so no clock is in step with them.
    static func run(seconds: Double) -> [Double] {
        var used = Array(repeating: 0.0, count: parts.count)
        let start = Workload.threadSeconds()
        var last = start
        while last - start < seconds {
            let scale = Double.random(in: 0.5..<1.5) * 0.000_2
            for index in parts.indices.shuffled() {
                let end = last + parts[index] * scale
                switch index {
                case 0: _ = halfOfIt(until: end)
                case 1: _ = lessThanAThird(until: end)
                case 2: _ = aSeventh(until: end)
                case 3: _ = aTwentieth(until: end)
                default: _ = oneInTwoHundred(until: end)
                }
                let now = Workload.threadSeconds()
                used[index] += now - last
                last = now
            }
        }
        return used
    }

    @inline(never) static func halfOfIt(until end: Double) -> UInt64 { Workload.burn(until: end) &+ 1 }
    @inline(never) static func lessThanAThird(until end: Double) -> UInt64 { Workload.burn(until: end) &+ 2 }
    @inline(never) static func aSeventh(until end: Double) -> UInt64 { Workload.burn(until: end) &+ 3 }
    @inline(never) static func aTwentieth(until end: Double) -> UInt64 { Workload.burn(until: end) &+ 4 }
    @inline(never) static func oneInTwoHundred(until end: Double) -> UInt64 { Workload.burn(until: end) &+ 5 }
}
