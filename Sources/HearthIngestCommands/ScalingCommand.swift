internal import ArgumentParser
internal import Foundation
internal import Hearth
internal import HearthFiles
internal import HearthFlameGraph
internal import HearthFormats
internal import HearthIngestion
internal import HearthProfile
internal import HearthReports
internal import HearthRuntime
internal import HearthServer
internal import HearthTerminal
internal import Logging

struct ScalingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Finds what costs ever more of a run as the input grows.",
        discussion: """
            Ingests the first documents of the input, each size twice the last, in turn and again and again, and fits to every \
            function and node the power with which its CPU time grows, with a 95 % interval. What surely grows faster than n^1.3 comes \
            first, with the share that it would have at ten times the largest size: an n² shows before it hurts. Nodes run one \
            after the other unless --schedule says otherwise: the runtime goes other ways through few batches than through many.

            The folder gets growth.svg, the flame graph of the largest size coloured by growth, growth.json, and a profile of every \
            size, N.pb.gz, for hearth scaling.

            Examples:
              hearth-ingest scaling --input corpus.jsonl -o growth
              hearth-ingest scaling --input corpus.jsonl -o growth --neighbours brute-force
            """)

    @Option(help: "Documents as JSON Lines.")
    var input: String

    @Option(name: .shortAndLong, help: "The folder for what is found; made where there is none.")
    var output: String

    @Option(help: "Documents of the smallest size.")
    var smallest = 500

    @Option(help: "How many sizes, each twice the last; 2 to 12.")
    var sizes = 4

    @Option(help: "Samples of the largest size that rounds are repeated for; three rounds at least.")
    var samples = 3000

    @Option(help: "What turns texts to vectors: hashed, or transformer:DIR.")
    var embedder: EmbedderName = .hashed

    @OptionGroup(title: "How the pipeline runs") var runtime: RuntimeOptions

    @Option(help: "Samples a second of CPU time, 1 to 4000.")
    var rate = 1000

    @Option(name: [.customShort("n"), .customLong("rows")], help: "Rows to print.")
    var rows = 20

    private static let fewestRounds = 3
    private static let mostRounds = 40

    func validate() throws {
        if input.isEmpty { throw ValidationError("--input must name a file") }
        if input == "-" { throw ValidationError("--input must be a file: the documents are read many times") }
        if output.isEmpty { throw ValidationError("-o must name a folder") }
        if smallest < 1 { throw ValidationError("--smallest is a number from 1 up, not \(smallest)") }
        if !(2...12).contains(sizes) { throw ValidationError("--sizes is 2 to 12, not \(sizes)") }
        if samples < 1 { throw ValidationError("--samples is a number from 1 up, not \(samples)") }
        if rows < 1 { throw ValidationError("-n is a number from 1 up, not \(rows)") }
        if !(1...4000).contains(rate) { throw ValidationError("--rate must be 1 to 4000") }
    }

    func run() async throws {
        let interruption = Interruption()
        defer { interruption.end() }
        let task = Task.detached { try await measured() }
        interruption.then { task.cancel() }
        let scaling: ProfileScaling
        do {
            scaling = try await task.value
        } catch is CancellationError {
            throw CommandFailure("interrupted", exitCode: 130, hint: "nothing was written")
        }
        let isTerminal = StandardStream.output.isTerminal
        let text = ScalingReport(scaling, limit: rows).text(
            styled: TerminalStyle.isEnabled(on: .output), maxWidth: isTerminal ? StandardStream.output.columns : nil)
        try Output.write(text + "\nWritten to \(output): growth.svg, growth.json and the profiles\n")
    }

    private func measured() async throws -> ProfileScaling {
        let embedder = try IngestCommand.resolved(embedder)
        do {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("cannot make the folder \(output)", hint: "name another one with -o")
        }
        let scratch = "\(output)/.scratch"
        try? FileManager.default.removeItem(atPath: scratch)
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let counts = (0..<sizes).map { smallest << $0 }
        for count in counts {
            let written = try DocumentExcerpt.write(count, of: input, to: "\(scratch)/\(count).jsonl")
            guard written == count else {
                throw CommandFailure(
                    "\(input) holds \(grouped(written)) documents, and the largest size is \(grouped(counts.last ?? 0))",
                    hint: "choose fewer with --smallest or --sizes")
            }
        }

        var configuration = Profiler.Configuration()
        configuration.hertz = rate
        configuration.costLimit = nil
        configuration.logger.logLevel = .warning
        let profiler = Profiler.startServing(service: "hearth-ingest", configuration: configuration)
        await profiler.ready()
        // One pipeline for all runs: what is loaded once for a process is no matter of size.
        let pipeline = DocumentPipeline(embedder: embedder)
        try await ingest(counts[0], pipeline, scratch)

        let progress = ProgressBar("Measuring", total: samples, unit: "samples")
        defer { progress.finish() }
        var runs: [(size: Int64, profile: Profile)] = []
        var ofLargest = 0
        for round in 0..<Self.mostRounds where round < Self.fewestRounds || ofLargest < samples {
            // In turn, so that a machine that changes its mind changes it for all sizes.
            for count in counts {
                let recording = await profiler.startRecording()
                do {
                    try await ingest(count, pipeline, scratch)
                } catch {
                    recording.cancel()
                    await profiler.stop()
                    throw error
                }
                let profile = await recording.finish()
                guard !profile.isEmpty else { continue }
                runs.append((Int64(count), profile.grouped(by: ["node"])))
                if count == counts.last {
                    ofLargest += Int(
                        profile.sampleTypes.firstIndex(of: .samples).map { profile.total(column: $0) } ?? 0)
                }
            }
            progress.update(min(ofLargest, samples))
        }
        await profiler.stop()
        let scaling: ProfileScaling
        do {
            let column = runs.first.flatMap { $0.profile.column(ofType: "cpu") }
            scaling = try ProfileScaling(runs, column: column)
        } catch {
            throw CommandFailure("\(error)", hint: "take larger sizes, or a higher --rate")
        }
        for count in counts {
            try Profile.merge(runs.filter { $0.size == Int64(count) }.map(\.profile)).write(
                to: "\(output)/\(count).pb.gz")
        }
        try scaling.write(
            to: "\(output)/growth.svg", options: FlameGraphOptions(title: "hearth-ingest: growth of CPU time, by node"))
        try AtomicFile.write(ScalingReport(scaling, limit: .max).json(), to: "\(output)/growth.json")
        return scaling
    }

    private func ingest(_ count: Int, _ pipeline: DocumentPipeline, _ folder: String) async throws {
        var run = FreshRun(input: "\(folder)/\(count).jsonl", folder: folder, pipeline: pipeline, runtime: runtime)
        run.job.options.schedule = runtime.schedule ?? .sequential
        _ = try await run.run()
    }
}
