internal import ArgumentParser
internal import HearthFiles
internal import HearthIngestion
internal import HearthRuntime
internal import HearthRuntimeLabels
internal import HearthTerminal

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Ingests documents into a store: the main job.",
        discussion: """
            Reads JSON Lines, embeds name, description and relations of every document, and stores it in SQLite. A document
            that is stored already as it is counts as unchanged. A bad document is set aside, with its line, byte and reason,
            in rejected.jsonl of the profile's folder, or in STORE.rejected.jsonl without one; the rest goes on. More of
            them than --max-rejected make the run a failure: a count as soon as it is passed, a share at the end. What was
            stored stays.

            On Ctrl-C or SIGTERM the batch in hand is finished, the profile written, and the exit code is 130; --resume then
            goes on after that batch.

            --profile writes profile.pb.gz, profile.folded, flamegraph.svg and nodes.json, and prints the costliest functions
            and nodes.

            Examples:
              hearth-ingest run --input corpus.jsonl --store out.db
              hearth-ingest run --input corpus.jsonl --store out.db --profile profile --rate 1000
              hearth-ingest run --input corpus.jsonl --store out.db --resume
            """)

    @Option(help: "Documents as JSON Lines; - is standard input.")
    var input: String

    @Option(help: "The store, an SQLite file; made where there is none.")
    var store: String

    @Option(help: "What turns texts to vectors: \(Embedder.allCases.map(\.rawValue).joined(separator: ", ")).")
    var embedder: Embedder = .hashed

    @Option(help: "Nodes one after the other, or those of one level at once: sequential, parallel.")
    var schedule: Schedule = .sequential

    @Option(help: "Documents that go through the pipeline and into the store together.")
    var batchSize = 512

    @Option(help: "How many documents may be set aside: a count, or a share with %.")
    var maxRejected = RejectionLimit.share(0.01)

    @Flag(help: "Go on where an interrupted run of the same input stopped.")
    var resume = false

    @Option(help: "Profile the run, and write the profile into this folder.")
    var profile: String?

    @Option(help: "Samples a second of CPU time, 1 to 4000, with --profile.")
    var rate = 100

    func validate() throws {
        if !(1...100_000).contains(batchSize) { throw ValidationError("--batch-size must be 1 to 100000") }
        if !(1...4000).contains(rate) { throw ValidationError("--rate must be 1 to 4000") }
    }

    private var rejectedPath: String { profile.map { "\($0)/rejected.jsonl" } ?? "\(store).rejected.jsonl" }

    func run() async throws {
        var recording: Recording?
        if let profile { recording = try await Recording(folder: profile, hertz: rate) }
        var job = IngestJob(input: input, store: store, rejectedPath: rejectedPath)
        job.pipeline = DocumentPipeline(embedder: embedder)
        job.schedule = schedule
        job.limits.batch = batchSize
        job.rejectionLimit = maxRejected
        job.resumes = resume
        let run = job.runName
        job.hook = { NodeLabels($0, run: run) }

        let report: IngestReport
        do {
            report = try await perform(job)
        } catch {
            // What was sampled until then may well show why.
            try? await recording?.write(nil)
            throw described(error)
        }
        try await recording?.write(report.table)
        try conclude(report)
    }

    /// The job in a task of its own, which a signal cancels.
    private func perform(_ job: IngestJob) async throws -> IngestReport {
        let total = StandardStream.error.isTerminal ? DocumentReader.lineCount(path: input) : nil
        let progress = ProgressBar("Ingesting", total: total, unit: "documents")
        let task = Task.detached { try await job.run { progress.update($0.counts.read) } }
        let interruption = Interruption { task.cancel() }
        defer {
            interruption.end()
            progress.finish()
        }
        return try await task.value
    }

    private func described(_ error: any Error) -> any Error {
        guard let error = error as? FileError, error.path == input else { return error }
        return CommandFailure(
            error.description, hint: "name a file of JSON Lines with --input, or make one with hearth-ingest corpus")
    }

    /// Says how it ended; the last line of standard output is the count.
    private func conclude(_ report: IngestReport) throws {
        if let refusal = report.resumeRefusal {
            StandardStream.error.write("hearth-ingest: cannot resume, started from the beginning: \(refusal)\n")
        } else if let done = report.resumedAfter {
            StandardStream.error.write("hearth-ingest: resumed after \(grouped(done)) documents\n")
        }
        let counts = report.counts
        print(
            "read \(grouped(counts.read)), stored \(grouped(counts.stored)), unchanged \(grouped(counts.unchanged)),",
            "rejected \(grouped(counts.rejected))")
        if case .interrupted(let canResume) = report.ending {
            let hint = canResume ? "the same command with --resume goes on from here" : "run again to do the rest"
            throw CommandFailure("interrupted after whole batches", exitCode: 130, hint: hint)
        }
        guard report.isWithinRejectionLimit else {
            let stopped = report.ending == .tooManyRejected ? ", stopped there" : ""
            throw CommandFailure(
                "\(grouped(counts.rejected)) of \(grouped(counts.read)) documents of \(input) were set aside, more than "
                    + "--max-rejected \(maxRejected)\(stopped)", hint: "see why in \(rejectedPath)")
        }
    }
}
