import HearthTestRuns
import Testing

/// Hosts that do what hosts do: each mode of `HearthSamplerHost` ends by itself, with 0. What a mode would show of a
/// damage is said at its function there.
@Suite(.serialized) struct HostileHostTests {
    @Test(arguments: [
        "sigterm", "siglongjmp", "altstack", "blocked", "blocked-a-while", "blocked-for-good",
        "handler", "chained", "interval-timer", "own-timers",
        "fork", "fork-prepare", "exec", "spawn",
        "threads", "small-stacks", "stop-start",
        "deep", "overflow", "no-room", "painted",
        "module-tables", "exceptions",
    ])
    func theHostIsUnharmed(_ mode: String) throws {
        let outcome = try Command(Checkout.product("HearthSamplerHost"), mode, "\(Dose.factor)").run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }
}
