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
            now: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) }, wallTime: systemWallTime)
    }
}
