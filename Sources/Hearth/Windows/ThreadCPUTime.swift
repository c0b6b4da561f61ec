internal import Glibc
internal import Synchronization

/// CPU time that some work took, on whichever threads it ran. Thread-safe.
final class ThreadCPUTime: Sendable {
    private let total = Atomic<UInt64>(0)

    /// So far.
    var nanoseconds: UInt64 { total.load(ordering: .relaxed) }

    /// Runs `body`, which stays on its thread, and adds what it took.
    func measure(_ body: () -> Void) {
        let start = Self.now()
        body()
        let end = Self.now()
        if end > start { total.wrappingAdd(end - start, ordering: .relaxed) }
    }

    private static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
