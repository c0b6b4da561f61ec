internal import Glibc

/// Work with known names and known shares of CPU time. Each function is its own frame: never inlined, and it does
/// something after its call, so that the call is no tail call.
package enum Workload {
    /// CPU time of this thread in seconds.
    package static func threadSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    @inline(never) package static func heavyWork(seconds: Double) -> UInt64 { burn(seconds) &+ 1 }
    @inline(never) package static func lightWork(seconds: Double) -> UInt64 { burn(seconds) &+ 2 }

    @inline(never) package static func firstHalf(until end: Double) -> UInt64 { burn(until: end) &+ 1 }
    @inline(never) package static func secondHalf(until end: Double) -> UInt64 { burn(until: end) &+ 2 }

    @inline(never) package static func burn(_ seconds: Double) -> UInt64 { burn(until: threadSeconds() + seconds) &+ 1 }

    /// - Parameter end: on the clock of `threadSeconds`.
    @inline(never) package static func burn(until end: Double) -> UInt64 {
        var state: UInt64 = 1
        repeat {
            for _ in 0..<500 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        } while threadSeconds() < end
        return state
    }

    /// Time in libc functions that keep no frame pointer.
    @inline(never) package static func callsMemcpy(seconds: Double) -> Int {
        let end = threadSeconds() + seconds
        let source = [UInt8](repeating: 7, count: 1 << 16)
        var target = [UInt8](repeating: 0, count: 1 << 16)
        repeat {
            for _ in 0..<50 {
                unsafe source.withUnsafeBytes { from in
                    unsafe target.withUnsafeMutableBytes { to in
                        _ = unsafe memcpy(to.baseAddress!, from.baseAddress!, from.count)
                    }
                }
            }
        } while threadSeconds() < end
        return Int(target[100])
    }

    @inline(never) package static func callsMalloc(seconds: Double) -> Int {
        let end = threadSeconds() + seconds
        var sum = 0
        var kept: [UnsafeMutableRawPointer?] = unsafe Array(repeating: nil, count: 64)
        repeat {
            for turn in 0..<4_000 {
                unsafe free(kept[turn & 63])
                unsafe kept[turn & 63] = malloc(16 + (turn * 37) % 2_000)
                sum &+= unsafe UInt(bitPattern: kept[turn & 63]) == 0 ? 1 : 0
            }
        } while threadSeconds() < end
        unsafe kept.forEach { unsafe free($0) }
        return sum
    }

    @inline(never) package static func deepRecursion(_ depth: Int, seconds: Double) -> UInt64 {
        if depth == 0 { return burn(seconds) }
        return deepRecursion(depth - 1, seconds: seconds) &+ 1
    }
}
