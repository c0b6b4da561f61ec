import Foundation
import Hearth
import HearthSampling
import HearthSymbols
import HearthTruths
import Testing

/// The sampler against work whose shares and callers are known. One after the other: there is one sampler a process.
@Suite(.serialized) struct SamplerTests {
    /// Samples while `body` runs on a task of its own, every sample of it labelled.
    private func record(
        _ configuration: SamplingConfiguration = .init(hertz: 250, costLimit: nil),
        _ body: @escaping @Sendable () async -> Void
    ) async throws -> (stacks: SampledStacks, result: Sampler.Result) {
        let sampler = try Sampler.start(configuration)
        await sampler.ready()
        // Tests of other suites may run in this process: the label tells ours from theirs.
        let labels = ProfilingLabels(["suite": "sampler"])
        await Task.detached { await withProfilingLabels(labels) { await body() } }.value
        let result = await sampler.stop()
        return (
            SampledStacks(Symbolizer().symbolize(result.profile), labels: ["suite": "sampler"]),
            result
        )
    }

    @Test func sharesAreThoseOfTheWork() async throws {
        let (stacks, _) = try await record {
            for _ in 0..<10 {
                _ = Workload.heavyWork(seconds: 0.15)
                _ = Workload.lightWork(seconds: 0.05)
            }
        }
        let heavy = stacks.samples(through: "heavyWork")
        let light = stacks.samples(through: "lightWork")
        #expect(heavy + light > 300, "2 s of work at 250 Hz")
        // 3 : 1. Five standard deviations of a binomial share.
        let share = Double(heavy) / Double(heavy + light)
        let deviation = (0.75 * 0.25 / Double(heavy + light)).squareRoot()
        #expect(abs(share - 0.75) < 5 * deviation + 0.01, "share \(share)")
    }

    @Test func weightIsTheCPUTimeUsed() async throws {
        let (stacks, result) = try await record(.init(hertz: 100, costLimit: nil)) {
            _ = Workload.heavyWork(seconds: 1.5)
        }
        let sampled = Double(stacks.entries.reduce(0) { $0 + $1.nanoseconds }) * 1e-9
        #expect(abs(sampled - 1.5) < 0.15, "sampled \(sampled) s of 1.5 s")
        let coverage = try #require(result.statistics.coverage)
        #expect(coverage > 0.85 && coverage < 1.15, "coverage \(coverage)")
        #expect(result.profile.attributes["coverage"] != nil)
    }

    /// From a fixed phase one of the two halves would be met every time, in every one of the recordings. A machine that has
    /// periodic work of its own can spoil one of them.
    @Test func workInLockStepWithThePeriodIsSeenAsItIs() async throws {
        var seen: [String] = []
        for _ in 0..<3 {
            let (first, second) = try await recordHalves()
            let deviation = (0.25 / max(first + second, 1)).squareRoot()
            if first + second > 300, abs(first / (first + second) - 0.5) < 5 * deviation { return }
            seen.append("\(first) : \(second)")
        }
        Issue.record("three times not half and half: \(seen.joined(separator: ", "))")
    }

    /// Samples in the two halves of rounds of exactly one period of 100 Hz on the thread's own clock.
    private func recordHalves() async throws -> (first: Double, second: Double) {
        let (stacks, _) = try await record(.init(hertz: 100, costLimit: nil)) {
            let start = Workload.threadSeconds()
            for round in 0..<400 {
                let begin = start + Double(round) * 0.01
                _ = Workload.firstHalf(until: begin + 0.005)
                _ = Workload.secondHalf(until: begin + 0.01)
            }
        }
        return (Double(stacks.samples(through: "firstHalf")), Double(stacks.samples(through: "secondHalf")))
    }

    @Test(arguments: [Unwinder.hybrid, .libunwind]) func callersOfLibcAreWhole(_ unwinder: Unwinder) async throws {
        let (stacks, result) = try await record(.init(hertz: 250, unwinder: unwinder, keepsRunLoop: true)) {
            _ = Workload.callsMemcpy(seconds: 0.6)
            _ = Workload.callsMalloc(seconds: 0.6)
        }
        #expect(stacks.samples > 200)
        let named = stacks.samples(through: "callsMemcpy") + stacks.samples(through: "callsMalloc")
        #expect(Double(named) >= 0.98 * Double(stacks.samples), "\(named) of \(stacks.samples)")
        // Every stack of this work goes down to where its thread began.
        let rooted = stacks.entries.filter { ["clone3", "__clone3", "clone", "start_thread"].contains($0.names.first) }
        #expect(Double(rooted.reduce(0) { $0 + $1.samples }) >= 0.98 * Double(stacks.samples))
        #expect(result.profile.attributes["unwinder"] == unwinder.rawValue)
        #expect(Double(result.statistics.incomplete) <= 0.02 * Double(result.statistics.samples))
    }

    @Test func framePointersAloneFindSwiftCallers() async throws {
        let (stacks, _) = try await record(.init(hertz: 250, unwinder: .framePointers)) {
            _ = Workload.heavyWork(seconds: 0.5)
        }
        // A leaf that keeps no frame pointer hides its caller, not the caller's caller.
        #expect(stacks.share(of: ["heavyWork"]) > 0.9)
    }

    @Test func deepStacksKeepBothEnds() async throws {
        let (stacks, result) = try await record(.init(hertz: 250, keepsRunLoop: true)) {
            _ = Workload.deepRecursion(2_000, seconds: 0.4)
        }
        #expect(result.statistics.truncated > 50)
        let deep = stacks.entries.filter { $0.names.contains("[truncated]") }
        #expect(deep.reduce(0) { $0 + $1.samples } > 50)
        for entry in deep {
            #expect(entry.names.count == 513, "512 frames and the mark")
            let mark = try #require(entry.names.firstIndex(of: "[truncated]"))
            #expect(entry.names[..<mark].contains { $0.contains("deepRecursion") }, "the root end")
            #expect(["clone3", "__clone3", "clone"].contains(entry.names[0]))
            #expect(entry.names[(mark + 1)...].contains { $0.contains("burn") }, "the leaf end")
        }
    }

    @Test func labelsFollowTasksAndNest() async throws {
        let outer = ProfilingLabels(["a": "1", "b": "1"])
        let inner = ProfilingLabels(["b": "2"])
        let (stacks, result) = try await record {
            await withProfilingLabels(outer) {
                _ = Workload.heavyWork(seconds: 0.2)
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            await Task.yield()
                            withProfilingLabels(inner) { _ = Workload.lightWork(seconds: 0.1) }
                        }
                    }
                }
                await Task.yield()
                _ = Workload.heavyWork(seconds: 0.2)
            }
        }
        #expect(result.profile.attributes["labels"] == "read")
        for entry in stacks.entries where entry.names.contains(where: { $0.contains("Work(") }) {
            let isLight = entry.names.contains { $0.contains("lightWork") }
            #expect(entry.labels["a"] == "1")
            #expect(entry.labels["b"] == (isLight ? "2" : "1"))
        }
        #expect(stacks.samples(through: "lightWork") > 30 && stacks.samples(through: "heavyWork") > 30)
    }

    @Test func labelsAreReadOutsideTasks() async throws {
        let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
        await sampler.ready()
        let labels = ProfilingLabels(["where": "thread"])
        let thread = Thread {
            try? Data("plain-thread".utf8).write(to: URL(fileURLWithPath: "/proc/thread-self/comm"))
            withProfilingLabels(labels) { _ = Workload.heavyWork(seconds: 0.3) }
        }
        thread.start()
        while !thread.isFinished { try await Task.sleep(for: .milliseconds(20)) }
        let stacks = SampledStacks(
            Symbolizer().symbolize(await sampler.stop().profile).hidingThunks(), labels: ["where": "thread"])
        #expect(stacks.samples > 30)
        #expect(stacks.share(of: ["heavyWork"]) > 0.9)
        // The name of a thread is read when its samples are: those of its last moments may come too late for it, and on a
        // slow machine the first sample comes before the thread has named itself.
        let names = Set(stacks.entries.map { $0.labels["thread"] })
        let inherited = try String(contentsOfFile: "/proc/self/comm", encoding: .utf8).filter { !$0.isNewline }
        #expect(names.contains("plain-thread") && names.isSubset(of: ["plain-thread", inherited, nil]), "\(names)")
    }

    /// With Debian's `libc6-dbg` what libc does inside has names, and without it no wrong ones.
    @Test func innerFunctionsOfLibcAreNamed() async throws {
        let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
        await sampler.ready()
        let labels = ProfilingLabels(["where": "libc"])
        let thread = Thread {
            withProfilingLabels(labels) {
                _ = Workload.callsMemcpy(seconds: 0.3)
                _ = Workload.callsMalloc(seconds: 0.3)
            }
        }
        thread.start()
        while !thread.isFinished { try await Task.sleep(for: .milliseconds(20)) }
        let profile = Symbolizer().symbolize(await sampler.stop().profile).hidingThunks()
        let stacks = SampledStacks(profile, labels: ["where": "libc"])
        #expect(stacks.samples > 60)
        func samples(_ isMeant: (String) -> Bool) -> Int64 {
            stacks.entries.reduce(0) { $0 + ($1.names.last.map(isMeant) == true ? $1.samples : 0) }
        }
        let copying = samples { $0.hasPrefix("__memcpy_") || $0.hasPrefix("__memmove_") }
        let allocating = samples { $0.hasPrefix("_int_malloc") || $0.hasPrefix("_int_free") }
        let unnamed = samples { $0.hasPrefix("libc.so.6+0x") }
        let libc = try #require(profile.images.first { $0.name.hasPrefix("libc.so") })
        let debugFile = "/usr/lib/debug/.build-id/\(libc.buildID.prefix(2))/\(libc.buildID.dropFirst(2)).debug"
        if FileManager.default.fileExists(atPath: debugFile) {
            let leaves = stacks.entries.map(\.names.last)
            #expect(copying > stacks.samples / 4 && allocating > 5 && unnamed == 0, "\(leaves)")
        } else {
            #expect(copying == 0 && allocating == 0 && unnamed > stacks.samples / 4)
        }
    }

    @Test func threadsThatComeAndGoAreSampledAndForgotten() async throws {
        let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
        await sampler.ready()
        let labels = ProfilingLabels(["where": "short"])
        for _ in 0..<20 {
            let threads = (0..<10).map { _ in
                Thread { withProfilingLabels(labels) { _ = Workload.heavyWork(seconds: 0.01) } }
            }
            for thread in threads { thread.start() }
            while !threads.allSatisfy(\.isFinished) { try await Task.sleep(for: .milliseconds(5)) }
        }
        let result = await sampler.stop()
        let stacks = SampledStacks(
            Symbolizer().symbolize(result.profile), labels: ["where": "short"])
        // 200 threads of 10 ms are 2 s, 500 samples at 250 Hz; the tick and a thread's end take some.
        #expect(stacks.samples > 200, "\(stacks.samples)")
        #expect(result.statistics.threadsRefused == 0)
    }

    @Test func startsAndStopsManyTimes() async throws {
        for _ in 0..<40 {
            let sampler = try Sampler.start(.init(hertz: 1_000))
            #expect(throws: SamplingError.alreadyRunning) { try Sampler.start() }
            _ = Workload.burn(0.005)
            _ = await sampler.stop()
            let again = await sampler.stop()
            #expect(again.statistics.lostNanoseconds == 0)
        }
    }

    @Test func aStraySignalDoesNothing() async throws {
        let sampler = try Sampler.start()
        await sampler.ready()
        for _ in 0..<100 { kill(getpid(), SIGPROF) }
        let result = await sampler.stop()
        for _ in 0..<100 { kill(getpid(), SIGPROF) }
        #expect(result.statistics.lost == 0)
    }

    @Test func refusesWhatItCannotDo() {
        #expect(throws: SamplingError.rateOutOfRange(0)) { try Sampler.start(.init(hertz: 0)) }
        #expect(throws: SamplingError.rateOutOfRange(4_001)) { try Sampler.start(.init(hertz: 4_001)) }
        #expect(SamplingError.rateOutOfRange(0).description == "rate 0 is outside 1…4000 samples a second")
    }

    @Test func snapshotsGrow() async throws {
        let sampler = try Sampler.start(.init(hertz: 250, costLimit: nil))
        await sampler.ready()
        _ = Workload.heavyWork(seconds: 0.2)
        let first = await sampler.snapshot()
        _ = Workload.heavyWork(seconds: 0.2)
        let second = await sampler.stop()
        #expect(first.statistics.samples > 0)
        #expect(second.statistics.samples > first.statistics.samples)
        #expect(second.profile.total(column: 0) == Int64(second.statistics.samples))
        #expect(second.profile.total(column: 1) == Int64(second.statistics.cpuNanoseconds))
    }
}
