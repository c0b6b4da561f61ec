import HearthTestRuns
import Testing

/// Hosts that do what hosts do: each mode of `HearthSamplerHost` ends by itself, with 0.
@Suite(.serialized) struct HostileHostTests {
    @Test(arguments: [
        "sigterm", "fork", "fork-prepare", "siglongjmp", "altstack", "blocked", "threads", "small-stacks", "stop-start",
        "chained", "handler",
    ])
    func theHostIsUnharmed(_ mode: String) throws {
        let outcome = try Command(Checkout.product("HearthSamplerHost"), mode).run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }
}
