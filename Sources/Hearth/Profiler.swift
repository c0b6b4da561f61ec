internal import Foundation
public import HearthProfile
public import HearthSampling
internal import HearthStore
internal import HearthSymbols
internal import Logging
internal import Synchronization

/// The always-on profiler of a service.
///
/// ```swift
/// let profiler = Profiler.start(service: "recommender")   // first line of main
/// …
/// await profiler.stop()                                   // the open window is kept and sent
/// ```
/// Thread-safe. One runs in a process at a time; a second start is refused with a log line.
public final class Profiler: Sendable {
    /// The name under which profiles of this service are known.
    public let service: String
    /// As it held at the start: what code said, overridden by the environment.
    public let configuration: Configuration
    /// What the service has done, for profiles a unit of work.
    public let work = WorkCounter()

    let pipeline: WindowPipeline
    private let symbolizer = Symbolizer()
    private let reporter: MetricsReporter
    private let attachments: [any ProfilerAttachment]

    private struct Running {
        /// Nil when the profiler is off or was refused.
        var sampler: Sampler?
        var sampling: SamplingConfiguration
        var hasStopped = false
    }
    private let running: Mutex<Running>

    /// Starts to profile this process. Never throws and returns at once: when it cannot run, one line is logged and the
    /// service goes on without it.
    public static func start(service: String, configuration: Configuration = .init()) -> Profiler {
        start(service: service, configuration: configuration) { _, configuration in
            let environment = ProcessInfo.processInfo.environment
            for variable in ["HEARTH_LISTEN", "HEARTH_PYROSCOPE_URL"] where environment[variable]?.isEmpty == false {
                configuration.logger.warning(
                    "\(variable) is set, and this service links no HearthServer: import it, and call startServing")
            }
            return []
        }
    }

    /// - Parameter attachments: what goes along with a profiler of this configuration; not asked for one that is off.
    package static func start(
        service: String, configuration: Configuration,
        attachments: (_ service: String, inout Configuration) -> [any ProfilerAttachment]
    ) -> Profiler {
        let settings = EnvironmentSettings(
            service: service, configuration, environment: ProcessInfo.processInfo.environment)
        var configuration = settings.configuration
        for warning in settings.warnings { configuration.logger.warning("\(warning)") }
        guard configuration.isEnabled else { return Profiler(settings.service, configuration, []) }
        let attached = attachments(settings.service, &configuration)
        let profiler = Profiler(settings.service, configuration, attached)
        profiler.begin()
        return profiler
    }

    private init(_ service: String, _ configuration: Configuration, _ attachments: [any ProfilerAttachment]) {
        self.service = service
        self.configuration = configuration
        self.attachments = attachments
        reporter = MetricsReporter(factory: configuration.metrics)
        running = Mutex(Running(sampler: nil, sampling: SamplingConfiguration(configuration)))
        var exporters = configuration.exporters
        if configuration.isEnabled, let folder = configuration.store {
            let limits = StoreLimits(bytes: configuration.storeBytes, age: configuration.storeAge)
            exporters.insert(StoreExporter(folder: folder, limits: limits, logger: configuration.logger), at: 0)
        }
        pipeline = WindowPipeline(
            ProcessDescription(service: service, configuration), exporters: exporters, work: work,
            symbolizer: symbolizer)
    }

    private func begin() {
        do {
            let sampler = try startSampler(running.withLock { $0.sampling })
            running.withLock { $0.sampler = sampler }
            var parts = ["Hearth \(hearthVersion) profiles \(service): \(sampler.description)"]
            let window = "windows of \(SettingText.text(configuration.window)) to"
            if pipeline.exports { parts.append("\(window) \(pipeline.destinations.joined(separator: ", "))") }
            parts += attachments.map(\.description)
            configuration.logger.info("\(parts.joined(separator: "; "))")
            for attachment in attachments { attachment.begin(self) }
        } catch {
            configuration.logger.error("Hearth does not profile \(service): \(error)")
        }
    }

    private func startSampler(_ sampling: SamplingConfiguration) throws(SamplingError) -> Sampler {
        let window = pipeline.exports ? configuration.window.nanoseconds : .max / 4
        let slices = Slicing(windowDuration: window) { [pipeline] in pipeline.take($0) }
        return try Sampler.start(sampling, slices: slices) { [reporter] in reporter.report($0) }
    }

    private var sampler: Sampler? { running.withLock { $0.sampler } }

    /// False when the profiler is switched off or could not start.
    public var isRunning: Bool { sampler != nil }

    /// Returns when the clocks of all threads run: some tens of milliseconds after the start. For programs so short that
    /// this counts; a service does not wait.
    public func ready() async { await sampler?.ready() }

    /// What was sampled since the start, with names; where windows are kept or sent, in the one that is open. Profiling goes
    /// on.
    public func snapshot() async -> Profile { named(pipeline.whole(with: await sampler?.snapshot())) }

    /// Ends profiling, and returns when the last window has been kept and sent, within
    /// ``Configuration/shutdownTimeout``. A second call returns the same.
    ///
    /// - Returns: what was sampled since the start, with names; where windows are kept or sent, in the last one. Empty when
    ///   nothing ran.
    @discardableResult
    public func stop() async -> Profile {
        let (sampler, isFirst) = running.withLock { running in
            defer { running.hasStopped = true }
            return (running.sampler, !running.hasStopped)
        }
        _ = await sampler?.stop()
        if isFirst, sampler != nil {
            let deadline = ContinuousClock.now + configuration.shutdownTimeout
            for attachment in attachments { await attachment.end(by: deadline) }
            await pipeline.finish(by: deadline)
        }
        return named(pipeline.wholeAtEnd())
    }

    /// The profiler's account of itself, at most a second old.
    public var statistics: SamplingStatistics { sampler?.statistics ?? SamplingStatistics() }

    /// Where each thread stands now, running or waiting, with names; a sample a thread. Where the wall clock is off every thread is sent a
    /// signal, which ends waits in `poll`, `epoll_wait`, `select` and `nanosleep` with `EINTR`. Empty when nothing runs.
    public func threads() async -> Profile {
        named(await sampler?.census().profile ?? Profile(sampleTypes: [.threads]))
    }

    /// What became of windows, for each place they go to, by name.
    /// CPU time that windows took so far: names, the store, what is pushed. Nanoseconds.
    package var exportNanoseconds: UInt64 { pipeline.cpuNanoseconds }

    package var exportCounts: [(destination: String, counts: [String: Int64])] { pipeline.counts }

    // MARK: Changes while it runs

    /// Other rates or clocks from now on; what is nil stays. The window that is open ends. Rates are brought into their
    /// ranges. Where other clocks are refused, one line is logged and the old ones go on; where two
    /// change the clocks at once, one of them holds.
    public func change(hertz: Int? = nil, wallHertz: Int? = nil, times: SampledTime? = nil) async {
        let (sampler, before) = running.withLock { ($0.sampler, $0.sampling) }
        guard let sampler else { return }
        var wanted = before
        wanted.hertz = SamplingConfiguration.hertzRange.nearest(to: hertz ?? before.hertz)
        wanted.wallHertz = SamplingConfiguration.wallHertzRange.nearest(to: wallHertz ?? before.wallHertz)
        if let times, !times.isDisjoint(with: [.cpu, .wall]) { wanted.times = times }
        if wanted.times == before.times {
            await sampler.change(hertz: wanted.hertz, wallHertz: wanted.wallHertz)
            return running.withLock { $0.sampling = wanted }
        }
        _ = await sampler.stop()
        for sampling in [wanted, before] {
            do {
                let new = try startSampler(sampling)
                let hasStopped = running.withLock { running in
                    (running.sampler, running.sampling) = (new, sampling)
                    return running.hasStopped
                }
                // Somebody has ended the profiler meanwhile.
                if hasStopped { _ = await new.stop() }
                return
            } catch {
                configuration.logger.error("Hearth cannot sample as it was told: \(error)")
            }
        }
        running.withLock { if $0.sampler === sampler { $0.sampler = nil } }
    }

    /// Other labels of the process from the next window on, in the place of ``Configuration/labels``; `service`, `host` and
    /// `pid` stay.
    public func setLabels(_ labels: [String: String]) { pipeline.setLabels(labels) }

    // MARK: Recordings

    /// What is sampled while `body` runs, in the whole process, with names. Any number may run at once; windows are kept and
    /// sent as before. Empty when nothing runs.
    ///
    /// - Throws: what `body` throws.
    public func record(_ body: () async throws -> Void) async rethrows -> Profile {
        let recording = await startRecording()
        do {
            try await body()
        } catch {
            recording.cancel()
            throw error
        }
        return await recording.finish()
    }

    /// From now on until ``ProfileRecording/finish()``; see ``record(_:)``.
    public func startRecording() async -> ProfileRecording {
        await sampler?.cut()
        return ProfileRecording(profiler: self, number: pipeline.beginRecording())
    }

    func finish(_ recording: Int) async -> Profile {
        await sampler?.cut()
        return named(pipeline.endRecording(recording))
    }

    private func named(_ result: Sampler.Result?) -> Profile {
        named(result?.profile ?? Profile(sampleTypes: [.samples, .cpu], defaultSampleType: 1))
    }

    private func named(_ profile: Profile) -> Profile {
        var profile = symbolizer.symbolize(profile)
        profile.attributes["service"] = service
        profile.attributes["profiler"] = "Hearth \(hearthVersion)"
        return profile
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
