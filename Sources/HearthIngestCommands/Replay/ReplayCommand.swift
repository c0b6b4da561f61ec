internal import ArgumentParser
internal import Foundation
internal import HearthFiles
internal import HearthFlameGraph
internal import HearthFormats
internal import HearthIngestion
internal import HearthProfile
internal import HearthTerminal
internal import HearthTransformer

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Tells the story of the optimisations: each with its profile, and the difference to the one before.",
        discussion: """
            Ingests the same documents again and again: first with the slow form of everything, then with one more fast form a time. \
            Every iteration runs in a process of its own, into a fresh store, and is repeated until it has enough samples; figures are \
            per run. All of them must store the same, or the replay fails. Nothing is slowed on purpose: the slow forms are the \
            ordinary way to write it.

            Iterations 0 to 6 take --limit documents, 7 and 8 --large-limit, each beside the same without its change. Without --embedder \
            a small seeded random transformer is made, not trained, whose work is that of a real one of its shape.

            The folder gets index.html, replay.json, and for each iteration flamegraph.svg, diff.svg, profile.pb.gz, nodes.json and in \
            runs a profile of every run. What of a difference is noise is measured from how the runs differ.

            Examples:
              hearth-ingest replay --input corpus.jsonl -o replay
              hearth-ingest replay --input corpus.jsonl -o replay --limit 200 --embedder hashed
            """)

    @Option(help: "Documents as JSON Lines.")
    var input: String

    @Option(name: .shortAndLong, help: "The folder for the story; made where there is none.")
    var output: String

    @Option(help: "Documents of iterations 0 to 6.")
    var limit = 500

    @Option(help: "Documents of iterations 7 and 8.")
    var largeLimit = 4000

    @Option(
        help: "What turns texts to vectors: hashed, or transformer:DIR. The default is a seeded random transformer.")
    var embedder: EmbedderName?

    @Option(help: "Samples that every iteration is repeated for.")
    var samples = 2000

    @Option(help: "Runs that every iteration has at least; how they differ is the noise of the differences.")
    var runs = 5

    @Option(help: "Samples a second of CPU time, 1 to 4000.")
    var rate = 1000

    /// Sums come in another order in other batches.
    private static let tolerance: Float = 1e-5

    func validate() throws {
        if input.isEmpty { throw ValidationError("--input must name a file") }
        if input == "-" { throw ValidationError("--input must be a file: the documents are read many times") }
        if output.isEmpty { throw ValidationError("-o must name a folder") }
        for (name, value) in [("limit", limit), ("large-limit", largeLimit), ("samples", samples)] where value < 1 {
            throw ValidationError("--\(name) is a number from 1 up, not \(value)")
        }
        if !(2...400).contains(runs) { throw ValidationError("--runs must be 2 to 400, not \(runs)") }
        if !(1...4000).contains(rate) { throw ValidationError("--rate must be 1 to 4000") }
    }

    func run() async throws {
        let interruption = Interruption()
        defer { interruption.end() }
        let task = Task.detached { try await tell() }
        interruption.then { task.cancel() }
        let story: ReplayStory
        do {
            story = try await task.value
        } catch is CancellationError {
            throw CommandFailure(
                "interrupted", exitCode: 130, hint: "\(output) holds the iterations that were done, without a page")
        }
        try Output.write(ReplayReport(story).text() + "\nThe story: \(output)/index.html\n")
    }

    /// Where an iteration and what it is compared with are run.
    private struct Step {
        var folder: String
        var options: [String: String]
        var isLarge: Bool
    }

    private func tell() async throws -> ReplayStory {
        let iterations = ReplayIteration.all
        try makeFolder(output)
        let small = try writeDocuments(limit, to: "\(output)/documents.jsonl")
        let large = try writeDocuments(largeLimit, to: "\(output)/documents-large.jsonl")
        let embedder = try embedder ?? seededModel(from: large.path)
        _ = try IngestCommand.resolved(embedder)

        var steps: [Step] = []
        for (index, iteration) in iterations.enumerated() {
            if iteration.isLarge {
                steps.append(
                    Step(
                        folder: "\(iteration.name)/base", options: ReplayIteration.baseOptions(of: index), isLarge: true
                    ))
            }
            steps.append(
                Step(
                    folder: iteration.name, options: ReplayIteration.options(upTo: index), isLarge: iteration.isLarge))
        }
        let progress = ProgressBar("Replaying", total: steps.count, unit: "iterations")
        var figures: [String: ReplayFigures] = [:]
        do {
            for (done, step) in steps.enumerated() {
                progress.update(done)
                try Task.checkCancellation()
                figures[step.folder] = try await run(
                    step, input: step.isLarge ? large.path : small.path, embedder: embedder)
            }
        } catch {
            progress.finish()
            throw error
        }
        progress.update(steps.count)
        progress.finish()
        try compareStores(steps)
        for step in steps {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(output)/\(step.folder)/store.db\(suffix)")
            }
        }

        var rows: [ReplayRow] = []
        for (index, iteration) in iterations.enumerated() {
            guard let own = figures[iteration.name] else { continue }
            let baseFolder =
                index == 0 ? nil : iteration.isLarge ? "\(iteration.name)/base" : iterations[index - 1].name
            let options = ReplayIteration.options(upTo: index)
            rows.append(try row(iteration, own, baseFolder, baseFolder.flatMap { figures[$0] }, options))
        }
        let first = rows.first { $0.name == "0" }?.figures
        let last = rows.first { $0.name == "6" }?.figures
        let story = ReplayStory(
            input: URL(fileURLWithPath: input).lastPathComponent, embedder: name(embedder), documents: small.count,
            largeDocuments: large.count, rows: rows, ratio: Self.ratio(first?.wallSeconds, last?.wallSeconds),
            cpuRatio: Self.ratio(first?.cpuSeconds, last?.cpuSeconds), tolerance: Self.tolerance)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(Array(try encoder.encode(story)) + Array("\n".utf8), to: "\(output)/replay.json")
        try AtomicFile.write(Array(ReplayPage(story).html().utf8), to: "\(output)/index.html")
        return story
    }

    private static func ratio(_ first: Double?, _ last: Double?) -> Double {
        guard let first, let last, last > 0 else { return 0 }
        return first / last
    }

    private func name(_ embedder: EmbedderName) -> String {
        self.embedder == nil ? "seeded random transformer, not trained (tiny)" : embedder.description
    }

    // MARK: What is replayed

    private func makeFolder(_ path: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure("cannot make the folder \(path)", hint: "name another one with -o")
        }
    }

    /// The first documents of the input.
    private func writeDocuments(_ limit: Int, to path: String) throws -> (path: String, count: Int) {
        let count = try DocumentExcerpt.write(limit, of: input, to: path)
        guard count > 0 else { throw CommandFailure("\(input) holds no documents") }
        return (path, count)
    }

    private func seededModel(from documents: String) throws -> EmbedderName {
        let folder = "\(output)/model"
        let shape = SeededModel.Shape.tiny
        let vocabulary = try ModelCommand.vocabulary(of: documents, size: shape.vocabularySize)
        do {
            try SeededModel(shape: shape, seed: 1, vocabulary: vocabulary).write(to: folder)
        } catch {
            throw CommandFailure("\(error)", hint: "name another folder with -o")
        }
        guard let name = EmbedderName("transformer:\(folder)") else {
            throw CommandFailure("\(folder) is no name for a model")
        }
        return name
    }

    // MARK: Running

    private func run(_ step: Step, input: String, embedder: EmbedderName) async throws -> ReplayFigures {
        let folder = "\(output)/\(step.folder)"
        try makeFolder(folder)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "replay-step", "--input", input, "--output", folder, "--embedder", embedder.description, "--samples",
                "\(samples)", "--runs", "\(runs)", "--rate", "\(rate)",
            ] + step.options.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        process.standardInput = FileHandle.nullDevice
        let child = UncheckedProcess(process: process)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
                process.terminationHandler = { _ in ended.resume() }
                do {
                    try process.run()
                } catch {
                    process.terminationHandler = nil
                    ended.resume(throwing: CommandFailure("cannot start an iteration: \(error.localizedDescription)"))
                }
            }
        } onCancel: {
            child.process.terminate()
        }
        try Task.checkCancellation()
        guard process.terminationStatus == 0 else {
            throw CommandFailure("iteration \(step.folder) failed", hint: "its own line above says why")
        }
        return try JSONDecoder().decode(ReplayFigures.self, from: Data(try readFile("\(folder)/figures.json")))
    }

    /// Throws where an iteration has stored something else than the first of its size.
    private func compareStores(_ steps: [Step]) throws {
        for isLarge in [false, true] {
            let folders = steps.filter { $0.isLarge == isLarge }.map(\.folder)
            guard let first = folders.first else { continue }
            let reference = try DocumentStore(readingPath: "\(output)/\(first)/store.db")
            for folder in folders.dropFirst() {
                let store = try DocumentStore(readingPath: "\(output)/\(folder)/store.db")
                if let difference = try reference.firstDifference(from: store, tolerance: Self.tolerance) {
                    throw CommandFailure("iterations \(first) and \(folder) have not stored the same: \(difference)")
                }
            }
        }
    }

    // MARK: Looking

    private func row(
        _ iteration: ReplayIteration, _ own: ReplayFigures, _ baseFolder: String?, _ base: ReplayFigures?,
        _ options: [String: String]
    ) throws -> ReplayRow {
        var row = ReplayRow(
            name: iteration.name, title: iteration.title, change: iteration.change, options: options,
            removes: iteration.removes, figures: own)
        guard let baseFolder, let base else { return row }
        row.base = base
        row.speedup = Self.ratio(base.cpuSeconds, own.cpuSeconds)
        let before = try Profile(contentsOf: "\(output)/\(baseFolder)/profile.pb.gz")
        let after = try Profile(contentsOf: "\(output)/\(iteration.name)/profile.pb.gz")
        row.before = ReplayShare(of: iteration.removes, in: before)
        row.after = ReplayShare(of: iteration.removes, in: after)
        let diff = try ProfileDiff(
            base: runs(of: baseFolder, base), new: runs(of: iteration.name, own),
            normalization: .work(base: Int64(base.runs), new: Int64(own.runs)))
        row.noise = ReplayNoise(diff.evidence)
        let title = "What \(iteration.title) changed: CPU time of a run, by node"
        try diff.write(
            to: "\(output)/\(iteration.name)/diff.svg", options: FlameGraphOptions(title: title))
        return row
    }

    private func runs(of folder: String, _ figures: ReplayFigures) throws -> [Profile] {
        try ReplayRuns(folder: "\(output)/\(folder)").read(figures.runs).map { $0.grouped(by: ["node"]) }
    }
}

/// `Process.terminate` may be called from any thread; the type does not say so.
private struct UncheckedProcess: @unchecked Sendable {
    let process: Process
}
