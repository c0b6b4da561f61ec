import HearthTestRuns
import Testing

/// Hosts that do what hosts do: each mode of `HearthSamplerHost` ends by itself, with 0. What a mode would show of a
/// damage is said at its function there.
@Suite(.serialized) struct HostileHostTests {
    private static let modes = [
        "sigterm", "siglongjmp", "altstack", "blocked", "blocked-a-while", "blocked-for-good",
        "handler", "chained", "interval-timer", "own-timers",
        "fork", "fork-prepare", "exec", "spawn",
        "threads", "small-stacks", "stop-start",
        "deep", "overflow", "no-room", "painted",
        "module-tables", "exceptions",
    ]

    @Test(arguments: modes) func theHostIsUnharmed(_ mode: String) throws {
        let outcome = try Command(Checkout.product("HearthSamplerHost"), mode, "\(Dose.factor)").run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }

    @Test(
        .enabled(if: Dose.isLong, "in the long form only: Tools/chaos"),
        .enabled(if: CPUGroup.isPermitted, "this user may not make a control group with a CPU limit"),
        arguments: modes)
    func theStarvedHostIsUnharmed(_ mode: String) throws {
        let group = try CPUGroup(thousandths: 250)
        let outcome = try Command(
            "sh", "-c", "echo $$ > \(group.processesFile) && exec \(Checkout.product("HearthSamplerHost")) \(mode)"
        ).run()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    }
}
