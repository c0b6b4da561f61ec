/// A tree of async functions with known callers: `leafAsync` is always reached through `middleAsync` and `topAsync`, and
/// burns CPU before and after each suspension.
enum AsyncWorkload {
    @inline(never) static func leafAsync(_ milliseconds: Int) async -> UInt64 {
        var sum = burnBriefly(milliseconds)
        await Task.yield()
        sum &+= burnBriefly(milliseconds)
        return sum
    }

    @inline(never) static func middleAsync(_ milliseconds: Int) async throws -> UInt64 {
        let first = await leafAsync(milliseconds)
        let second = await leafAsync(milliseconds + 1)
        return first &+ second
    }

    @inline(never) static func topAsync(_ milliseconds: Int, turns: Int) async throws -> UInt64 {
        var sum: UInt64 = 0
        for _ in 0..<turns { sum &+= try await middleAsync(milliseconds) }
        return sum
    }

    /// Milliseconds of CPU time, so that what else the machine does changes nothing.
    @inline(never) static func burnBriefly(_ milliseconds: Int) -> UInt64 {
        Workload.burn(Double(milliseconds) / 1_000) &+ 1
    }

    // MARK: Child tasks

    @inline(never) static func opensGroup(children: Int, milliseconds: Int) async -> UInt64 {
        await withTaskGroup(of: UInt64.self) { group in
            for child in 0..<children { group.addTask { await groupChild(milliseconds + child % 2) } }
            var sum: UInt64 = 0
            for await value in group { sum &+= value }
            return sum
        }
    }

    @inline(never) static func groupChild(_ milliseconds: Int) async -> UInt64 {
        let first = burnBriefly(milliseconds)
        await Task.yield()
        return first &+ burnBriefly(milliseconds)
    }

    @inline(never) static func opensNestedGroup(milliseconds: Int) async -> UInt64 {
        await withTaskGroup(of: UInt64.self) { group in
            group.addTask { await opensGroup(children: 2, milliseconds: milliseconds) &+ 1 }
            return await group.next() ?? 0
        }
    }

    @inline(never) static func bindsAsyncLet(milliseconds: Int) async -> UInt64 {
        async let value = letChild(milliseconds)
        return await value &+ 1
    }

    @inline(never) static func letChild(_ milliseconds: Int) async -> UInt64 {
        let first = burnBriefly(milliseconds)
        await Task.yield()
        return first &+ burnBriefly(milliseconds)
    }
}
