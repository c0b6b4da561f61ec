/// Async functions whose callers are known: whatever runs in one of these was called through all before it.
package enum AsyncTree {
    package static let chain = ["AsyncTree.top(", "AsyncTree.middle(", "AsyncTree.leaf(", "AsyncTree.burn("]

    /// Child tasks, closures, functions that throw, suspensions between and inside calls.
    @inline(never) package static func run(children: Int, turns: Int) async throws -> UInt64 {
        try await withThrowingTaskGroup(of: UInt64.self) { group in
            for child in 0..<children { group.addTask { try await top(child, turns: turns) } }
            var sum: UInt64 = 0
            for try await value in group { sum &+= value }
            return sum
        }
    }

    @inline(never) package static func top(_ seed: Int, turns: Int) async throws -> UInt64 {
        var sum: UInt64 = 0
        for turn in 0..<turns { sum &+= try await middle(seed &+ turn) }
        return sum
    }

    @inline(never) package static func middle(_ seed: Int) async throws -> UInt64 {
        let first = await leaf(seed)
        if first == 0 { throw CancellationError() }
        return await leaf(seed &+ 1) &+ first
    }

    @inline(never) package static func leaf(_ seed: Int) async -> UInt64 {
        let before = burn(seed)
        await Task.yield()
        return before &+ burn(seed &+ 3)
    }

    @inline(never) package static func burn(_ seed: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: seed) | 1
        for _ in 0..<40 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return state | 1
    }
}
