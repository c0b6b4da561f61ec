import CHearthSampler
import Foundation
import HearthSampling

/// What sampling costs the host: the time of handlers, the CPU of everything Hearth does, and the work that a busy thread
/// gets done, with the clocks on and off in turn in one process.
struct OverheadBench {
    private static let idleThreads = 64
    private static let blocks = 60
    private static let blockSeconds = 0.1

    func run() async throws {
        try await measureStart()
        print("# one busy thread; \(Self.blocks) pairs of blocks of 100 ms, clocks on and off")
        for idle in [0, Self.idleThreads] {
            let threads = IdleThreads(idle)
            for hertz in [100, 1_000, 4_000] {
                try await measure(hertz, idle: idle)
            }
            threads.end()
        }
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

    private func measure(_ hertz: Int, idle: Int) async throws {
        let sampler = try Sampler.start(.init(hertz: hertz, costLimit: nil))
        await sampler.ready()
        var ratios: [Double] = []
        for pair in 0..<Self.blocks {
            // In turn the first of a pair: drift of the machine falls on both alike.
            let first = block(on: pair % 2 == 0)
            let second = block(on: pair % 2 != 0)
            ratios.append(pair % 2 == 0 ? first / second : second / first)
        }
        hearth_arm()
        hearth_threads_refresh(true)
        let statistics = (await sampler.stop()).statistics
        let rate = hertz == 100 ? "100hz" : "\(hertz / 1000)khz"
        let name = idle == 0 ? rate : "\(rate)"
        let suffix = idle == 0 ? ".alone" : ""
        let work = ratios.medianWithInterval
        printFigure("agent.work.\(name)\(suffix)", work.median, "ratio", digits: 4)
        printFigure("agent.work.\(name)\(suffix).low", work.low, "ratio", digits: 4)
        printFigure("agent.work.\(name)\(suffix).high", work.high, "ratio", digits: 4)
        let onSeconds = Double(Self.blocks) * Self.blockSeconds
        let handler = Double(statistics.handlerNanoseconds) * 1e-9
        // Delivery and return of a signal, which the handler cannot see: measured in this process.
        let delivery = Double(statistics.handlerTimes.count) * SignalDelivery.nanoseconds * 1e-9
        let drain = Double(statistics.drainNanoseconds) * 1e-9 / 2
        printFigure("agent.cpu.\(name)\(suffix)", 100 * (handler + delivery + drain) / onSeconds, "%", digits: 4)
        printFigure("agent.cpu.\(name)\(suffix).handler", 100 * handler / onSeconds, "%", digits: 4)
        printFigure("agent.cpu.\(name)\(suffix).delivery", 100 * delivery / onSeconds, "%", digits: 4)
        printFigure("agent.cpu.\(name)\(suffix).drain", 100 * drain / onSeconds, "%", digits: 4)
        for (key, share) in [("median", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)] {
            guard let time = statistics.handlerTimes.percentile(share) else { continue }
            printFigure("handler.\(key).\(name)\(suffix)", time, "ns")
        }
        printFigure("samples.\(name)\(suffix)", Double(statistics.samples), "samples")
    }

    /// Work done in one block, in rounds a second of wall time.
    private func block(on: Bool) -> Double {
        if on {
            hearth_arm()
            hearth_threads_refresh(true)
        } else {
            hearth_disarm()
        }
        let start = DispatchTime.now().uptimeNanoseconds
        let end = start + UInt64(Self.blockSeconds * 1e9)
        var rounds = 0.0
        var state: UInt64 = 1
        while DispatchTime.now().uptimeNanoseconds < end {
            state = BusyWork.round(state)
            rounds += 1
        }
        precondition(state != 0)
        return rounds / Double(DispatchTime.now().uptimeNanoseconds - start)
    }
}

/// Some calls deep, as real code is.
enum BusyWork {
    @inline(never) static func round(_ state: UInt64) -> UInt64 { outer(state) | 1 }
    @inline(never) static func outer(_ state: UInt64) -> UInt64 { middle(state) &+ 1 }
    @inline(never) static func middle(_ state: UInt64) -> UInt64 { inner(state) &+ 1 }
    @inline(never) static func inner(_ state: UInt64) -> UInt64 {
        var state = state
        for _ in 0..<2_000 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return state
    }
}

/// Threads that wait.
final class IdleThreads: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let count: Int

    init(_ count: Int) {
        self.count = count
        for _ in 0..<count { Thread { [gate] in gate.wait() }.start() }
        if count > 0 { usleep(100_000) }
    }

    func end() { for _ in 0..<count { gate.signal() } }
}
