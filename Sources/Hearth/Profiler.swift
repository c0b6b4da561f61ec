internal import Foundation
public import HearthProfile
public import HearthSampling
internal import HearthSymbols
internal import Logging

/// The always-on profiler of a service.
///
/// ```swift
/// let profiler = Profiler.start(service: "recommender")   // first line of main
/// …
/// let profile = await profiler.stop()
/// try FlameGraph(profile).write(to: "flamegraph.svg")
/// ```
/// Thread-safe. One runs in a process at a time; a second start is refused with a log line.
public final class Profiler: Sendable {
    /// The name under which profiles of this service are known.
    public let service: String
    /// As it holds: what code said, overridden by the environment.
    public let configuration: Configuration
    /// Nil when the profiler is off or was refused.
    private let sampler: Sampler?
    private let symbolizer = Symbolizer()

    /// Starts to profile this process. Never throws and returns at once: when it cannot run, one line is logged and the
    /// service goes on without it.
    public static func start(service: String, configuration: Configuration = .init()) -> Profiler {
        let settings = EnvironmentSettings(configuration, environment: ProcessInfo.processInfo.environment)
        let configuration = settings.configuration
        for warning in settings.warnings { configuration.logger.warning("\(warning)") }
        guard configuration.isEnabled else { return Profiler(service, configuration, nil) }
        do {
            let sampling = SamplingConfiguration(configuration)
            let reporter = MetricsReporter(factory: configuration.metrics)
            let sampler = try Sampler.start(sampling) { reporter.report($0) }
            configuration.logger.info(
                "Hearth \(hearthVersion) profiles \(service): \(sampler.description)"
            )
            return Profiler(service, configuration, sampler)
        } catch {
            configuration.logger.error("Hearth does not profile \(service): \(error)")
            return Profiler(service, configuration, nil)
        }
    }

    private init(_ service: String, _ configuration: Configuration, _ sampler: Sampler?) {
        self.service = service
        self.configuration = configuration
        self.sampler = sampler
    }

    /// False when the profiler is switched off or could not start.
    public var isRunning: Bool { sampler != nil }

    /// Returns when the clocks of all threads run: some tens of milliseconds after the start. For programs so short that
    /// this counts; a service does not wait.
    public func ready() async { await sampler?.ready() }

    /// What was sampled since the start, with names. Profiling goes on.
    public func snapshot() async -> Profile { named(await sampler?.snapshot().profile) }

    /// Ends profiling and returns what was sampled since the start, with names; empty when nothing ran. A second call
    /// returns the same.
    @discardableResult
    public func stop() async -> Profile { named(await sampler?.stop().profile) }

    /// The profiler's account of itself, at most a second old.
    public var statistics: SamplingStatistics { sampler?.statistics ?? SamplingStatistics() }

    private func named(_ profile: Profile?) -> Profile {
        var profile = symbolizer.symbolize(profile ?? Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1))
        profile.attributes["service"] = service
        profile.attributes["profiler"] = "Hearth \(hearthVersion)"
        return profile
    }
}
