internal import ArgumentParser
internal import Foundation
internal import Hearth
internal import HearthFiles
internal import HearthFlameGraph
internal import HearthFormats
internal import HearthIngestion
internal import HearthProfile
internal import HearthRuntime
internal import HearthRuntimeLabels
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
    @Option var rate: Int
    @OptionGroup var runtime: RuntimeOptions

    /// However few samples a run gives, no iteration runs more often.
    private static let mostRuns = 400

    func run() async throws {
        let figures = try await Task.detached { try await measured() }.value
        try AtomicFile.write(Array(try JSONEncoder().encode(figures)), to: "\(output)/figures.json")
    }

    /// A run into a fresh store, by models that are loaded anew.
    private func ingest(_ embedder: Embedder, counter: ModelCounter? = nil) async throws -> IngestReport {
        let store = "\(output)/store.db"
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        var job = IngestJob(input: input, store: store, rejectedPath: "\(output)/rejected.jsonl")
        job.pipeline = runtime.applied(to: DocumentPipeline(embedder: embedder))
        job.options = runtime.options
        job.options.keepsTable = counter != nil
        job.makesIndexes = runtime.indexes == .on
        job.neighbours = runtime.neighbours.search
        if let counter { job.observers = [counter] }
        let run = job.runName
        job.hook = { NodeLabels($0, run: run) }
        return try await job.run()
    }

    private func measured() async throws -> ReplayFigures {
        let embedder = try IngestCommand.resolved(embedder)
        // Counted once, and not timed: whoever counts costs something.
        let counter = ModelCounter()
        let counted = try await ingest(embedder, counter: counter)

        var configuration = Profiler.Configuration()
        configuration.hertz = rate
        configuration.costLimit = nil
        configuration.logger.logLevel = .warning
        let profiler = Profiler.startServing(service: "hearth-ingest", configuration: configuration)
        await profiler.ready()
        let recording = await profiler.startRecording()
        let start = ProcessUsage.now()
        let before = profiler.statistics.samples
        let clock = ContinuousClock.now
        var (runs, peak) = (0, 0)
        while runs < Self.mostRuns, runs == 0 || Int(profiler.statistics.samples - before) < samples {
            _ = try await ingest(embedder)
            runs += 1
            if runs == 1 { peak = ProcessUsage.peakBytes() }
        }
        let wall = (ContinuousClock.now - clock).seconds
        let used = ProcessUsage.now() - start
        let profile = await recording.finish()
        await profiler.stop()

        try profile.write(to: "\(output)/profile.pb.gz")
        let column = profile.column(ofType: "cpu") ?? profile.defaultSampleType
        try FlameGraph(
            profile.grouped(by: ["node"]), column: column,
            options: FlameGraphOptions(title: "CPU time by node, \(runs == 1 ? "1 run" : "\(runs) runs")")
        ).write(to: "\(output)/flamegraph.svg")
        if let table = counted.table {
            try AtomicFile.write(NodeReport(table, cpu: [:]).json(), to: "\(output)/nodes.json")
        }
        let count = profile.sampleTypes.firstIndex(of: .samples).map { profile.total(column: $0) } ?? 0
        let calls = counter.counts
        return ReplayFigures(
            documents: counted.counts.read, runs: runs, samples: count, wallSeconds: wall / Double(runs),
            cpuSeconds: used / Double(runs), peakBytes: peak, modelCalls: calls.calls, modelValues: calls.values,
            modelLoads: calls.loads)
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
