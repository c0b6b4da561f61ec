internal import HearthProfile

extension SamplingStatistics {
    /// What is counted; all else is what holds at a moment.
    private static var totals: [WritableKeyPath<SamplingStatistics, UInt64>] {
        [
            \.samples, \.cpuNanoseconds, \.wallNanoseconds, \.lost, \.lostNanoseconds, \.truncated, \.incomplete,
            \.asyncStacks, \.brokenAsyncStacks, \.interruptedCalls, \.faultsAvoided, \.stackOverflow, \.labelOverflow,
            \.spanOverflow, \.spansLost, \.rowOverflow, \.threadsRefused, \.rateChanges, \.handlerNanoseconds,
            \.drainNanoseconds, \.processNanoseconds,
        ]
    }

    /// The account of the time since `earlier`, of the same sampler: totals of that time, and what holds now.
    func since(_ earlier: SamplingStatistics) -> SamplingStatistics {
        var passed = self
        for total in Self.totals { passed[keyPath: total] = self[keyPath: total].since(earlier[keyPath: total]) }
        passed.handlerTimes = handlerTimes.since(earlier.handlerTimes)
        return passed
    }

    /// The account of this time and of `later`, which follows it: totals of both, and what held at the end.
    func adding(_ later: SamplingStatistics) -> SamplingStatistics {
        var sum = later
        for total in Self.totals { sum[keyPath: total] = self[keyPath: total] &+ later[keyPath: total] }
        sum.handlerTimes = handlerTimes.adding(later.handlerTimes)
        return sum
    }

    /// What a profile says of how it was taken.
    var attributes: [String: String] {
        var attributes = [
            "samples": "\(samples)",
            "lost": "\(lost)",
            "truncated": "\(truncated)",
            "incomplete": "\(incomplete)",
            "async": "\(asyncStacks)",
            "async-broken": "\(brokenAsyncStacks)",
            "interrupted-calls": "\(interruptedCalls)",
        ]
        if let coverage {
            let thousandths = Int((coverage * 1000).rounded())
            let digits = String(1000 + thousandths % 1000).dropFirst()
            attributes["coverage"] = "\(thousandths / 1000).\(digits)"
        }
        return attributes
    }
}

extension Sampler.Result {
    /// What was sampled in several slices that follow one another; nil for none of them, and where their sample types differ.
    /// O(stacks + samples), O(1) for one slice.
    public static func merge(_ slices: [Sampler.Result]) -> Sampler.Result? {
        guard var result = slices.first else { return nil }
        if slices.count == 1 { return result }
        guard let profile = try? Profile.merge(slices.map(\.profile)) else { return nil }
        result.statistics = slices.dropFirst().reduce(result.statistics) { $0.adding($1.statistics) }
        result.profile = profile
        result.profile.attributes.merge(result.statistics.attributes) { $1 }
        return result
    }
}
