#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The time that back-offs go by; tests put their own in its place.
package struct ExportClock: Sendable {
    /// Since some moment; never goes back.
    package var now: @Sendable () -> Duration
    /// Ends early, by throwing, when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// Nanoseconds since 1970.
    package var wallTime: @Sendable () -> UInt64

    package init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void,
        wallTime: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.sleep = sleep
        self.wallTime = wallTime
    }

    /// The system's clocks.
    package static var system: ExportClock {
        let start = ContinuousClock.now
        return ExportClock(
            now: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) }, wallTime: { systemWallTime() })
    }
}

private func systemWallTime() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(max(time.tv_sec, 0)) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
