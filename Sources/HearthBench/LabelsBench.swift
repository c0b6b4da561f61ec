import CHearthSampler
import Foundation
import HearthLabels
import HearthSampling

/// What a label scope costs beside a bare `TaskLocal.withValue` of the same kind, which is the least that any scope can
/// cost, and what it costs while nothing is sampled.
struct LabelsBench {
    /// Of these the median ratio is told; each is two blocks of either kind, in the order ABBA.
    private static let rounds = 150
    private static let turns = 4_000

    private enum Bare {
        @TaskLocal static var value: UInt64 = 0
    }

    private let outer = ProfilingLabels(["endpoint": "/search"])
    private let inner = ProfilingLabels(["node": "embed"])

    func run() async throws {
        let sampler = try Sampler.start(.init(hertz: 100))
        await sampler.ready()
        compareSync("sync")
        Bare.$value.withValue(1) {
            withProfilingLabels(outer) { compareSync("nested.sync") }
        }
        onAThread {
            compareSync("thread")
            Bare.$value.withValue(1) {
                withProfilingLabels(outer) { compareSync("nested.thread") }
            }
        }
        await compareAsync("async")
        await Bare.$value.withValue(1) {
            await withProfilingLabels(outer) { await compareAsync("nested.async") }
        }
        try await NodeLabelsBench().run()
        _ = await sampler.stop()
        await compareOff()
    }

    private func compareSync(_ name: String) {
        compare(
            name,
            nanoseconds {
                for turn in 0..<Self.turns { withProfilingLabels(inner) { LabelledWork.step(turn) } }
            },
            nanoseconds {
                for turn in 0..<Self.turns { Bare.$value.withValue(2) { LabelledWork.step(turn) } }
            })
    }

    private func compareAsync(_ name: String) async {
        var (ours, bare) = ([Double](), [Double]())
        func labelled() async -> Double {
            let start = processNanoseconds()
            for turn in 0..<Self.turns { await withProfilingLabels(inner) { await LabelledWork.stepAsync(turn) } }
            return Double(processNanoseconds() - start) / Double(Self.turns)
        }
        func plain() async -> Double {
            let start = processNanoseconds()
            for turn in 0..<Self.turns { await Bare.$value.withValue(2) { await LabelledWork.stepAsync(turn) } }
            return Double(processNanoseconds() - start) / Double(Self.turns)
        }
        for _ in 0..<Self.rounds {
            let first = await labelled()
            let second = await plain()
            let third = await plain()
            let fourth = await labelled()
            ours.append((first + fourth) / 2)
            bare.append((second + third) / 2)
        }
        printComparison("labels.scope.\(name)", ours, bare)
    }

    /// Beside a loop of the same calls without a scope.
    private func compareOff() async {
        var (ours, bare) = ([Double](), [Double]())
        let labelled = nanoseconds {
            for turn in 0..<Self.turns { withProfilingLabels(inner) { LabelledWork.step(turn) } }
        }
        let plain = nanoseconds { for turn in 0..<Self.turns { LabelledWork.step(turn) } }
        for _ in 0..<Self.rounds {
            let (first, second, third, fourth) = (labelled(), plain(), plain(), labelled())
            ours.append((first + fourth) / 2)
            bare.append((second + third) / 2)
        }
        let cost = zip(ours, bare).map { $0 - $1 }.medianWithInterval
        printFigure("labels.scope.off", cost.median, "ns", digits: 2)
        printFigure("labels.scope.off.low", cost.low, "ns", digits: 2)
        printFigure("labels.scope.off.high", cost.high, "ns", digits: 2)
    }

    /// A block, in nanoseconds a turn.
    private func nanoseconds(_ body: @escaping () -> Void) -> () -> Double {
        {
            let start = processNanoseconds()
            body()
            return Double(processNanoseconds() - start) / Double(Self.turns)
        }
    }

    private func compare(_ name: String, _ labelled: () -> Double, _ plain: () -> Double) {
        var (ours, bare) = ([Double](), [Double]())
        for _ in 0..<Self.rounds {
            let (first, second, third, fourth) = (labelled(), plain(), plain(), labelled())
            ours.append((first + fourth) / 2)
            bare.append((second + third) / 2)
        }
        printComparison("labels.scope.\(name)", ours, bare)
    }

    /// Runs `body` outside any task.
    private func onAThread(_ body: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        Thread {
            body()
            done.signal()
        }.start()
        done.wait()
    }
}

/// The ratio of two times a turn, and both, with intervals.
func printComparison(_ name: String, _ ours: [Double], _ bare: [Double]) {
    let ratio = zip(ours, bare).map { $0 / $1 }.medianWithInterval
    printFigure("\(name).ratio", ratio.median, "ratio", digits: 3)
    printFigure("\(name).ratio.low", ratio.low, "ratio", digits: 3)
    printFigure("\(name).ratio.high", ratio.high, "ratio", digits: 3)
    for (key, values) in [("", ours), (".bare", bare)] {
        let time = values.medianWithInterval
        printFigure("\(name)\(key)", time.median, "ns", digits: 1)
        printFigure("\(name)\(key).low", time.low, "ns", digits: 1)
        printFigure("\(name)\(key).high", time.high, "ns", digits: 1)
    }
}

/// What stands in the scopes: a call that the optimiser cannot see through, and no more.
enum LabelledWork {
    @inline(never) static func step(_ turn: Int) { _ = hearth_is_running() }
    @inline(never) static func stepAsync(_ turn: Int) async { _ = hearth_is_running() }
}
