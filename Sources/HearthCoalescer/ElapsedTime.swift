/// Any clock, as the time since this value was made: instants of all clocks become durations.
struct ElapsedTime: Sendable {
    let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void

    init<C: Clock>(of clock: C) where C.Duration == Duration {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }

    func sleep(until time: Duration) async throws { try await sleep(time) }
}
