/// A tree of async functions with known callers: `leafAsync` is always reached through `middleAsync` and `topAsync`, and
/// burns CPU before and after each suspension.
enum AsyncWorkload {
    @inline(never) static func leafAsync(_ rounds: Int) async -> UInt64 {
        var sum = burnBriefly(rounds)
        await Task.yield()
        sum &+= burnBriefly(rounds)
        return sum
    }

    @inline(never) static func middleAsync(_ rounds: Int) async throws -> UInt64 {
        let first = await leafAsync(rounds)
        let second = await leafAsync(rounds + 1)
        return first &+ second
    }

    @inline(never) static func topAsync(_ rounds: Int, turns: Int) async throws -> UInt64 {
        var sum: UInt64 = 0
        for _ in 0..<turns { sum &+= try await middleAsync(rounds) }
        return sum
    }

    @inline(never) static func burnBriefly(_ rounds: Int) -> UInt64 {
        var state: UInt64 = UInt64(rounds)
        for _ in 0..<rounds { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return state
    }
}
