import CHearthSampler
import Foundation
import HearthProfile
import HearthSampling
import HearthTruths

/// What sampling costs the host: the time of handlers, the CPU of everything Hearth does, and the work that a busy thread
/// gets done, with the clocks on and off in turn in one process.
struct OverheadBench {
    private static let idleThreads = 64
    private static let blocks = 100
    private static let blockSeconds = 0.1

    func run() async throws {
        try await measureStart()
        try await measureMemory()
        print("# one busy thread; \(Self.blocks) pairs of blocks of 100 ms, clocks on and off")
        for idle in [Self.idleThreads, 0] {
            let threads = IdleThreads(idle)
            for hertz in [100, 1_000, 4_000] {
                let name = (hertz == 100 ? "100hz" : "\(hertz / 1_000)khz") + (idle == 0 ? ".alone" : "")
                try await measure(name, .init(hertz: hertz, costLimit: nil)) { BusyWork.rounds(seconds: $0) }
            }
            if idle > 0 {
                try await measure("wall", .init(times: [.cpu, .wall], costLimit: nil)) { BusyWork.rounds(seconds: $0) }
            }
            threads.end()
        }
        try await measure("async", .init(hertz: 100, costLimit: nil)) { BusyWork.asyncRounds(seconds: $0) }
        IngestionOverhead.measure()
    }

    /// What the first line of main takes, and when the clocks run.
    private func measureStart() async throws {
        let start = DispatchTime.now().uptimeNanoseconds
        let sampler = try Sampler.start()
        let returned = DispatchTime.now().uptimeNanoseconds
        await sampler.ready()
        let ready = DispatchTime.now().uptimeNanoseconds
        let statistics = await sampler.stop().statistics
        printFigure("start.call", Double(returned - start) * 1e-6, "ms", digits: 3)
        printFigure("start.ready", Double(ready - start) * 1e-6, "ms", digits: 1)
        printFigure("agent.tables", Double(statistics.tableBytes) * 1e-6, "MB", digits: 2)
    }

    /// Resident memory more than before the start, with 10,000 different stacks in the profile. The tables of the start above
    /// are kept by the sampler, so they are added.
    private func measureMemory() async throws {
        let before = Memory.residentBytes()
        let sampler = try Sampler.start(.init(hertz: 4_000, costLimit: nil))
        await sampler.ready()
        var stacks = 0
        var profiled = 0.0
        for turn in 0..<60 where stacks < 10_000 {
            await Task.detached { _ = ManyStacks.run(seconds: 1, seed: UInt64(turn)) }.value
            profiled += 1
            stacks = Set((await sampler.snapshot()).profile.samples.map(\.stack)).count
        }
        let after = Memory.residentBytes()
        let statistics = await sampler.stop().statistics
        printFigure("agent.memory.stacks", Double(stacks), "stacks")
        printFigure(
            "agent.memory", Double(after - before + Int(statistics.tableBytes + statistics.bufferBytes)) * 1e-6, "MB",
            digits: 1)
    }

    private func measure(
        _ name: String, _ configuration: SamplingConfiguration, _ work: @escaping @Sendable (Double) -> Double
    ) async throws {
        let sampler = try Sampler.start(configuration)
        await sampler.ready()
        let ratios = await OnThread.run {
            (0..<Self.blocks).map { pair in
                // In turn the first of a pair: drift of the machine falls on both alike.
                let first = Self.block(on: pair % 2 == 0, work)
                let second = Self.block(on: pair % 2 != 0, work)
                return pair % 2 == 0 ? first / second : second / first
            }
        }
        let statistics = (await sampler.stop()).statistics
        let ratio = ratios.medianWithInterval
        printFigure("agent.work.\(name)", ratio.median, "ratio", digits: 4)
        printFigure("agent.work.\(name).low", ratio.low, "ratio", digits: 4)
        printFigure("agent.work.\(name).high", ratio.high, "ratio", digits: 4)
        let onSeconds = Double(Self.blocks) * Self.blockSeconds
        let handler = Double(statistics.handlerNanoseconds) * 1e-9
        // Delivery and return of a signal, which the handler cannot see: measured in this process.
        let delivery = Double(statistics.handlerTimes.count) * SignalDelivery.nanoseconds * 1e-9
        // The drain thread also runs while the clocks are off.
        let drain = Double(statistics.drainNanoseconds) * 1e-9 / 2
        printFigure("agent.cpu.\(name)", 100 * (handler + delivery + drain) / onSeconds, "%", digits: 4)
        printFigure("agent.cpu.\(name).handler", 100 * handler / onSeconds, "%", digits: 4)
        printFigure("agent.cpu.\(name).delivery", 100 * delivery / onSeconds, "%", digits: 4)
        printFigure("agent.cpu.\(name).drain", 100 * drain / onSeconds, "%", digits: 4)
        for (key, share) in [("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)] {
            guard let time = statistics.handlerTimes.percentile(share) else { continue }
            printFigure("handler.\(key).\(name)", time, "ns")
            // The figures that the budgets speak of.
            if name == "100hz" { printFigure("handler.\(key)", time, "ns") }
        }
        printFigure("samples.\(name)", Double(statistics.samples), "samples")
        if name == "100hz" { printFigure("signal.delivery", SignalDelivery.nanoseconds, "ns") }
    }

    /// Work done in one block, in rounds a second of wall time.
    private static func block(on: Bool, _ work: (Double) -> Double) -> Double {
        hearth_pause(!on)
        let start = DispatchTime.now().uptimeNanoseconds
        let rounds = work(blockSeconds)
        return rounds / Double(DispatchTime.now().uptimeNanoseconds - start)
    }
}
