import Foundation
import Hearth
import Testing

@testable import Hearth

extension SamplerTests {
    /// The facade: what a service writes.
    @Suite(.serialized) struct ProfilerTests {
        @Test func recordsABody() async throws {
            let profile = try await Profiler.record(.cpu(hertz: 250)) { _ = Workload.heavyWork(seconds: 0.4) }
            let stacks = SampledStacks(profile)
            #expect(stacks.samples(through: "Workload.heavyWork(seconds:)") > 50)
            #expect(FlameGraph(profile).svg().contains("Workload.heavyWork(seconds:)"))
        }

        @Test func recordPassesTheErrorOfTheBodyOn() async throws {
            struct Refused: Error {}
            await #expect(throws: Refused.self) { try await Profiler.record { throw Refused() } }
            // And the next recording can start.
            _ = try await Profiler.record {}
        }

        @Test func startNeverThrows() async {
            let first = Profiler.start(service: "first")
            let second = Profiler.start(service: "second")
            #expect(first.isRunning && !second.isRunning)
            _ = Workload.heavyWork(seconds: 0.1)
            let empty = await second.stop()
            #expect(empty.isEmpty)
            let profile = await first.stop()
            #expect(profile.attributes["service"] == "first")
            #expect(await first.stop().samples == profile.samples)
        }

        @Test func theEnvironmentOverridesCode() {
            var code = Profiler.Configuration()
            code.hertz = 50
            let set = EnvironmentSettings(code, environment: ["HEARTH_RATE": "1000", "HEARTH_ENABLED": "off"])
            #expect(set.configuration.hertz == 1000 && !set.configuration.isEnabled && set.warnings.isEmpty)
            let wall = EnvironmentSettings(code, environment: ["HEARTH_CLOCKS": "CPU, wall", "HEARTH_WALL_RATE": "50"])
            #expect(wall.configuration.times == [.cpu, .wall] && wall.configuration.wallHertz == 50)
            #expect(wall.warnings.isEmpty)
            let wrong = EnvironmentSettings(
                code, environment: ["HEARTH_RATE": "5000", "HEARTH_ENABLED": "perhaps", "HEARTH_CLOCKS": "sun"])
            #expect(wrong.configuration.hertz == 50 && wrong.configuration.isEnabled)
            #expect(
                wrong.warnings == [
                    "HEARTH_ENABLED=perhaps is not true or false; true is used",
                    "HEARTH_RATE=5000 is not a number of samples a second, 1 to 4000; 50 is used",
                    "HEARTH_CLOCKS=sun is not cpu, wall or cpu,wall; cpu is used",
                ])
        }
    }
}
