import Foundation
import HearthTruths

/// Some calls deep, as real code is.
enum BusyWork {
    static func rounds(seconds: Double) -> Double {
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        var rounds = 0.0
        var state: UInt64 = 1
        while DispatchTime.now().uptimeNanoseconds < end {
            state = round(state)
            rounds += 1
        }
        precondition(state != 0)
        return rounds
    }

    /// A tree of tasks that suspend all the time, on the pool's threads.
    static func asyncRounds(seconds: Double) -> Double {
        let done = DispatchSemaphore(value: 0)
        let rounds = Counter()
        Task.detached {
            let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
            while DispatchTime.now().uptimeNanoseconds < end {
                _ = try? await AsyncTree.run(children: 4, turns: 50)
                rounds.add()
            }
            done.signal()
        }
        done.wait()
        return rounds.value
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var count = 0.0
        func add() { lock.withLock { count += 1 } }
        var value: Double { lock.withLock { count } }
    }

    @inline(never) static func round(_ state: UInt64) -> UInt64 { outer(state) | 1 }
    @inline(never) static func outer(_ state: UInt64) -> UInt64 { middle(state) &+ 1 }
    @inline(never) static func middle(_ state: UInt64) -> UInt64 { inner(state) &+ 1 }
    @inline(never) static func inner(_ state: UInt64) -> UInt64 {
        var state = state
        for _ in 0..<2_000 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return state
    }
}

/// Thousands of different stacks: each turn goes left or right at every call.
enum ManyStacks {
    static func run(seconds: Double, seed: UInt64) -> UInt64 {
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
        var state = seed | 1
        var sum: UInt64 = 0
        while DispatchTime.now().uptimeNanoseconds < end {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            sum &+= left(state >> 20, 28)
        }
        return sum
    }

    @inline(never) static func left(_ path: UInt64, _ depth: Int) -> UInt64 { step(path, depth) &+ 1 }
    @inline(never) static func right(_ path: UInt64, _ depth: Int) -> UInt64 { step(path, depth) &+ 2 }

    @inline(__always) private static func step(_ path: UInt64, _ depth: Int) -> UInt64 {
        if depth == 0 { return BusyWork.inner(path) }
        return path & 1 == 0 ? left(path >> 1, depth - 1) &+ 3 : right(path >> 1, depth - 1) &+ 4
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

/// Work on a thread of its own, outside any task, as most threads of a service do theirs.
enum OnThread {
    static func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: body()) }.start()
        }
    }
}

enum Memory {
    /// Resident memory of this process.
    static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
