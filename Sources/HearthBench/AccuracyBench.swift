import Foundation
import HearthProfile
import HearthSampling
import HearthSymbols

/// How much of the truth a profile shows, on work whose truth is known.
struct AccuracyBench {
    func run() async throws {
        try await asyncStacks()
        try await coverage()
    }

    /// Every sample taken in a function of the tree must show the functions it was called through.
    private func asyncStacks() async throws {
        let sampler = try Sampler.start(.init(hertz: 4_000, costLimit: nil))
        await sampler.ready()
        let end = Date().addingTimeInterval(20)
        while Date() < end { _ = try await AsyncTree.run(children: 8, turns: 500) }
        let result = await sampler.stop()
        let profile = Symbolizer().symbolize(result.profile, keepsThunks: true)
        var exact: Int64 = 0
        var all: Int64 = 0
        var wrong: [String: Int64] = [:]
        for (row, sample) in profile.samples.enumerated() {
            let names = profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }.reversed()
            let seen = names.compactMap { name in AsyncTree.chain.firstIndex { name.hasPrefix($0) } }
            guard let deepest = seen.max() else { continue }
            let count = profile.value(row: row, column: 0)
            all += count
            if seen == Array(0...deepest) {
                exact += count
            } else {
                wrong[names.joined(separator: " < "), default: 0] += count
            }
        }
        let interval = ExactInterval(successes: Int(exact), of: Int(all))
        printFigure("async.exact", 100 * Double(exact) / Double(max(all, 1)), "%", digits: 3)
        printFigure("async.exact.low", 100 * interval.low, "%", digits: 3)
        printFigure("async.exact.high", 100 * interval.high, "%", digits: 3)
        printFigure("async.samples", Double(all), "samples")
        printFigure("async.broken", Double(result.statistics.brokenAsyncStacks), "samples")
        for (stack, count) in wrong.sorted(by: { $0.value > $1.value }).prefix(8) { print("# \(count) × \(stack)") }
    }

    private func coverage() async throws {
        let sampler = try Sampler.start(.init(hertz: 100))
        await sampler.ready()
        var state: UInt64 = 1
        let end = Date().addingTimeInterval(10)
        while Date() < end { state = BusyWork.round(state) }
        precondition(state != 0)
        let result = await sampler.stop()
        printFigure("coverage", 100 * (result.statistics.coverage ?? 0), "%", digits: 2)
    }
}

/// The Clopper–Pearson interval of a share, at 95 %: the shares that would not make the count a surprise.
struct ExactInterval {
    var low: Double
    var high: Double

    init(successes: Int, of count: Int) {
        let tail = 0.025
        low = successes == 0 ? 0 : Self.root { tail - Self.upperTail(successes, count, $0) }
        high = successes == count ? 1 : Self.root { Self.upperTail(successes + 1, count, $0) - (1 - tail) }
    }

    /// The share at which a falling or rising function changes its sign, by halving.
    private static func root(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        let rising = function(1) > function(0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if (function(middle) > 0) == rising { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }

    /// The chance of at least this many successes.
    private static func upperTail(_ successes: Int, _ count: Int, _ share: Double) -> Double {
        if share <= 0 { return successes <= 0 ? 1 : 0 }
        if share >= 1 { return 1 }
        // The terms of the shorter side, each from its logarithm.
        func term(_ k: Int) -> Double {
            let ways = lgamma(Double(count + 1)) - lgamma(Double(k + 1)) - lgamma(Double(count - k + 1))
            return exp(ways + Double(k) * log(share) + Double(count - k) * log1p(-share))
        }
        if count - successes < successes {
            return (successes...max(successes, count)).reduce(0) { $0 + term($1) }
        }
        return 1 - (0..<max(successes, 0)).reduce(0) { $0 + term($1) }
    }
}
