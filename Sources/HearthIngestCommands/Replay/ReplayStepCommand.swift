internal import ArgumentParser
internal import Foundation
internal import Hearth
internal import HearthFiles
internal import HearthFlameGraph
internal import HearthFormats
internal import HearthIngestion
internal import HearthProfile
internal import HearthRuntime
internal import HearthServer
internal import Logging
internal import Synchronization

/// `hearth-ingest replay-step`: one iteration in a process of its own, so that its memory and its models are its own too. Called by
/// ``ReplayCommand`` alone.
struct ReplayStepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "replay-step", shouldDisplay: false)

    @Option var input: String
    @Option var output: String
    @Option var embedder: EmbedderName
    @Option var samples: Int
    @Option var runs: Int
    @Option var rate: Int
    @OptionGroup var runtime: RuntimeOptions

    /// However few samples a run gives, no iteration runs more often.
    private static let mostRuns = 400

    func run() async throws {
        let figures = try await Task.detached { try await measured() }.value
        try AtomicFile.write(Array(try JSONEncoder().encode(figures)), to: "\(output)/figures.json")
    }

    private func measured() async throws -> ReplayFigures {
        let embedder = try IngestCommand.resolved(embedder)
        // Models are loaded anew in each run.
        func fresh() -> FreshRun {
            FreshRun(input: input, folder: output, pipeline: DocumentPipeline(embedder: embedder), runtime: runtime)
        }
        // Counted once, and not timed: whoever counts costs something.
        let counter = ModelCounter()
        var counting = fresh()
        counting.job.options.keepsTable = true
        counting.job.observers = [counter]
        let counted = try await counting.run()

        var configuration = Profiler.Configuration()
        configuration.hertz = rate
        configuration.costLimit = nil
        configuration.logger.logLevel = .warning
        let profiler = Profiler.startServing(service: "hearth-ingest", configuration: configuration)
        await profiler.ready()
        var profiles: [Profile] = []
        var (wall, cpu, peak, count) = (0.0, 0.0, 0, Int64(0))
        while profiles.count < Self.mostRuns, profiles.count < runs || count < samples {
            let recording = await profiler.startRecording()
            let (start, clock) = (ProcessUsage.now(), ContinuousClock.now)
            _ = try await fresh().run()
            wall += (ContinuousClock.now - clock).seconds
            cpu += ProcessUsage.now() - start
            if profiles.isEmpty { peak = ProcessUsage.peakBytes() }
            let profile = await recording.finish()
            profiles.append(profile)
            count += profile.sampleTypes.firstIndex(of: .samples).map { profile.total(column: $0) } ?? 0
        }
        await profiler.stop()

        try write(profiles)
        if let table = counted.table {
            try AtomicFile.write(NodeReport(table, cpu: [:]).json(), to: "\(output)/nodes.json")
        }
        let calls = counter.counts
        let runs = Double(profiles.count)
        return ReplayFigures(
            documents: counted.counts.read, runs: profiles.count, samples: count, wallSeconds: wall / runs,
            cpuSeconds: cpu / runs, peakBytes: peak, modelCalls: calls.calls, modelValues: calls.values,
            modelLoads: calls.loads)
    }

    /// A profile of each run, and of all together.
    private func write(_ profiles: [Profile]) throws {
        let folder = ReplayRuns(folder: output)
        try folder.write(profiles)
        let profile = try Profile.merge(profiles)
        try profile.write(to: "\(output)/profile.pb.gz")
        let column = profile.column(ofType: "cpu") ?? profile.defaultSampleType
        try FlameGraph(
            profile.grouped(by: ["node"]), column: column,
            options: FlameGraphOptions(title: "CPU time by node, \(profiles.count) runs")
        ).write(to: "\(output)/flamegraph.svg")
    }
}

/// How often models were loaded and called.
private final class ModelCounter: RuntimeObserver {
    struct Counts {
        var (loads, calls, values) = (0, 0, 0)
    }

    private let state = Mutex(Counts())
    var counts: Counts { state.withLock { $0 } }

    func record(_ event: RuntimeEvent) {
        switch event {
        case .modelCalled(_, _, _, let values, _):
            state.withLock {
                $0.calls += 1
                $0.values += values
            }
        case .modelLoaded: state.withLock { $0.loads += 1 }
        default: break
        }
    }
}

/// What this process has used.
private enum ProcessUsage {
    /// CPU seconds, user and system.
    static func now() -> Double {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    static func peakBytes() -> Int {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Int(usage.ru_maxrss) * 1024
    }
}
