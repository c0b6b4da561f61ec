import Foundation
import HearthStore
import HearthTruths
import Synchronization
import Testing

@testable import Hearth

extension SamplerTests {
    /// Windows of a profiler that runs: to exporters, into a store, cut by recordings.
    @Suite(.serialized) struct WindowTests {
        /// Keeps what it is given.
        final class Collector: ProfileExporter {
            private let state = Mutex<(windows: [ProfileWindow], hasFinished: Bool)>(([], false))
            var destination: String { "a test" }
            var windows: [ProfileWindow] { state.withLock { $0.windows } }
            var hasFinished: Bool { state.withLock { $0.hasFinished } }
            func export(_ window: ProfileWindow) { state.withLock { $0.windows.append(window) } }
            func finish(by deadline: ContinuousClock.Instant) async { state.withLock { $0.hasFinished = true } }
        }

        private func configuration(_ exporters: any ProfileExporter...) -> Profiler.Configuration {
            var configuration = Profiler.Configuration()
            configuration.hertz = 250
            configuration.costLimit = nil
            configuration.window = .seconds(1)
            configuration.exporters = exporters
            return configuration
        }

        @Test func windowsFollowOneAnotherAndLoseNothing() async throws {
            let collector = Collector()
            var configuration = configuration(collector)
            configuration.version = "1.4"
            configuration.labels = ["zone": "a"]
            let profiler = Profiler.start(service: "windows", configuration: configuration)
            await profiler.ready()
            for _ in 0..<7 {
                _ = Workload.heavyWork(seconds: 0.4)
                profiler.work.increment(by: 3)
            }
            let last = await profiler.stop()
            let windows = collector.windows
            #expect(collector.hasFinished)
            #expect(windows.count >= 3)
            #expect(windows.map(\.sequence) == Array(0..<UInt64(windows.count)))
            let samples = windows.reduce(0) { $0 + $1.profile.total(column: 0) }
            #expect(samples == Int64(profiler.statistics.samples) && samples > 400)
            #expect(windows.reduce(0) { $0 + ($1.workUnits ?? 0) } == 21)
            for (window, next) in zip(windows, windows.dropFirst()) {
                // One clock for times and another for lengths: they agree but for what lies between two readings.
                let gap = next.profile.startTime - (window.profile.startTime + window.profile.duration)
                #expect(abs(gap) < 50_000_000)
            }
            let window = try #require(windows.first)
            #expect(window.process["service"] == "windows" && window.process["version"] == "1.4")
            #expect(window.process["zone"] == "a" && window.process["pid"] == "\(getpid())")
            #expect(SampledStacks(window.profile).samples(through: "Workload.heavyWork(seconds:)") > 0)
            #expect(last.total(column: 0) == windows.last?.profile.total(column: 0))
        }

        @Test func recordingsCutWindowsWithoutHarm() async throws {
            let collector = Collector()
            let profiler = Profiler.start(service: "recordings", configuration: configuration(collector))
            await profiler.ready()
            _ = Workload.heavyWork(seconds: 0.2)
            let recorded = await profiler.record { _ = Workload.heavyWork(seconds: 0.5) }
            _ = Workload.heavyWork(seconds: 0.2)
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { _ = await profiler.record { try? await Task.sleep(for: .milliseconds(50)) } }
                }
            }
            await profiler.stop()
            let cpu = Double(recorded.total(column: 1)) * 1e-9
            #expect(cpu > 0.3 && cpu < 0.7, "half a second of work was recorded as \(cpu) s")
            #expect(recorded.attributes["samples"] == "\(recorded.total(column: 0))")
            let samples = collector.windows.reduce(0) { $0 + $1.profile.total(column: 0) }
            #expect(samples == Int64(profiler.statistics.samples))
            // One that was cut is one window all the same.
            #expect(collector.windows.dropLast().allSatisfy { $0.profile.duration > 500_000_000 })
        }

        @Test func withoutExportersThereIsOneWhole() async throws {
            let profiler = Profiler.start(service: "whole", configuration: configuration())
            await profiler.ready()
            _ = await profiler.record { _ = Workload.heavyWork(seconds: 0.2) }
            _ = Workload.heavyWork(seconds: 0.2)
            let soFar = await profiler.snapshot()
            let all = await profiler.stop()
            #expect(all.total(column: 0) == Int64(profiler.statistics.samples))
            #expect(soFar.total(column: 0) <= all.total(column: 0) && soFar.total(column: 0) > 40)
        }

        @Test func ratesClocksAndLabelsChangeWhileItRuns() async throws {
            let collector = Collector()
            let profiler = Profiler.start(service: "changes", configuration: configuration(collector))
            await profiler.ready()
            _ = Workload.heavyWork(seconds: 0.3)
            await profiler.change(hertz: 50)
            profiler.setLabels(["phase": "second", "service": "another"])
            _ = Workload.heavyWork(seconds: 0.3)
            await profiler.change(times: [.cpu, .wall])
            #expect(profiler.isRunning)
            _ = Workload.heavyWork(seconds: 0.3)
            await profiler.stop()
            let windows = collector.windows
            #expect(Set(windows.map(\.profile.period)) == [4_000_000, 20_000_000])
            #expect(windows.first?.profile.sampleTypes == [.samples, .cpu])
            #expect(windows.last?.profile.sampleTypes == [.samples, .cpu, .wall])
            #expect(windows.first?.process["phase"] == nil)
            #expect(windows.last?.process["phase"] == "second" && windows.last?.process["service"] == "changes")
        }

        @Test func whoStopsWhileClocksChangeHasStoppedIt() async throws {
            for _ in 0..<5 {
                let profiler = Profiler.start(service: "raced", configuration: configuration())
                await profiler.ready()
                async let change: Void = profiler.change(times: [.cpu, .wall])
                async let end = profiler.stop()
                _ = await (change, end)
                // Nothing of it runs on: else the next one would be refused.
                let next = Profiler.start(service: "next", configuration: configuration())
                #expect(next.isRunning)
                await next.stop()
            }
        }

        @Test func aSlowExporterKeepsNobodyWaiting() async throws {
            final class Stuck: ProfileExporter {
                let destination = "nowhere"
                let release = DispatchSemaphore(value: 0)
                func export(_ window: ProfileWindow) { release.wait() }
                func finish(by deadline: ContinuousClock.Instant) async { try? await Task.sleep(for: .seconds(3_600)) }
            }
            let (stuck, collector) = (Stuck(), Collector())
            var configuration = configuration(stuck, collector)
            // Long enough for the other's windows, whose names take a second in a debug build.
            configuration.shutdownTimeout = .seconds(5)
            let profiler = Profiler.start(service: "slow", configuration: configuration)
            await profiler.ready()
            _ = Workload.heavyWork(seconds: 1.3)
            await profiler.stop()
            #expect(collector.windows.count >= 2 && collector.hasFinished)
            for _ in 0..<100 { stuck.release.signal() }
        }

        @Test func windowsAreKeptInAStore() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)")
                .path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            var configuration = configuration()
            configuration.store = folder
            let profiler = Profiler.start(service: "kept", configuration: configuration)
            await profiler.ready()
            _ = Workload.heavyWork(seconds: 1.5)
            profiler.setLabels(["phase": "second"])
            _ = Workload.heavyWork(seconds: 1)
            await profiler.stop()
            let store = ProfileStore(folder: folder)
            let (all, notes) = try store.profile(StoreQuery(labels: [("service", "kept")]))
            #expect(notes.warnings.isEmpty)
            let profile = try #require(all)
            #expect(profile.total(column: 0) == Int64(profiler.statistics.samples))
            #expect(SampledStacks(profile).samples(through: "Workload.heavyWork(seconds:)") > 300)
            let second = try store.profile(StoreQuery(labels: [("phase", "second")])).profile
            #expect(second.map { $0.total(column: 0) > 0 && $0.total(column: 0) < profile.total(column: 0) } == true)
        }

        @Test func aProfilerThatIsOffTouchesNothing() async {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)")
                .path
            var configuration = configuration()
            configuration.isEnabled = false
            configuration.store = folder
            let profiler = Profiler.start(service: "off", configuration: configuration)
            #expect(!profiler.isRunning)
            #expect(await profiler.record {}.isEmpty)
            await profiler.change(hertz: 10)
            #expect(await profiler.stop().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }
}
