internal import ArgumentParser
internal import HearthFiles
internal import HearthIngestion
internal import HearthRuntime
internal import HearthTerminal

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Ingests documents into a store: the main job.",
        discussion: """
            Reads JSON Lines, embeds name, description and relations of every document, and stores it in SQLite. A document \
            that is stored already as it is counts as unchanged.

            --pipeline says which fields are taken from documents and how they are found. Without it they are packages as \
            hearth-ingest corpus makes them. A package needs \(Self.requiredFields), all of them strings (id may be an integer). \
            It may have section, maintainer.name, maintainer.email, description.long, depends[].name, tags[] and \
            size.installed_kib. One that lacks a field it needs, has one of another type, is not JSON, or is longer than \
            \(DocumentReader.Limits().document >> 20) MiB is set aside, with its line, byte and reason, in \
            rejected.jsonl of the profile's folder, or in STORE.rejected.jsonl without one; the rest goes on. More of \
            them than --max-rejected make the run a failure: a count as soon as it is passed; a share at the end, or \
            after 1,000 documents if more than half are set aside. What was stored stays.

            On Ctrl-C or SIGTERM the documents that were read whole are finished as a batch, the profile is written, and the \
            exit code is 130; --resume then goes on after that batch.

            --profile writes profile.pb.gz, profile.folded, flamegraph.svg, flamegraph.html and nodes.json, and prints the \
            costliest functions and nodes.

            --embedder transformer:DIR takes a model of the BERT or MiniLM family from a folder with config.json, \
            model.safetensors and vocab.txt; hearth-ingest model makes a random one to try it with.

            Examples:
              hearth-ingest run --input corpus.jsonl --store out.db
              hearth-ingest run --input corpus.jsonl --store out.db --embedder transformer:all-MiniLM-L6-v2
              hearth-ingest run --input books.jsonl --store books.db --pipeline books.json
              hearth-ingest run --input corpus.jsonl --store out.db --profile profile
              hearth-ingest run --input corpus.jsonl --store out.db --resume
            """)

    @Option(help: "Documents as JSON Lines, gzipped or not; - is standard input.")
    var input: String

    @Option(help: "The store, an SQLite file; made where there is none.")
    var store: String

    @Option(help: "Fields, encoders and weights, a JSON file as plan -o pipeline.json writes one.")
    var pipeline: String?

    @Option(help: "What turns texts to vectors: hashed, or transformer:DIR with a folder of the BERT family.")
    var embedder: EmbedderName = .hashed

    @OptionGroup(title: "How the pipeline runs; every choice stores the same")
    var runtime: RuntimeOptions

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

    private static var requiredFields: String {
        let fields = DocumentPipeline.requiredFields
        return fields.dropLast().joined(separator: ", ") + " and " + (fields.last ?? "")
    }

    func validate() throws {
        if input.isEmpty { throw ValidationError("--input must name a file, or - for standard input") }
        if store.isEmpty { throw ValidationError("--store must name a file") }
        if pipeline?.isEmpty == true { throw ValidationError("--pipeline must name a file") }
        if profile?.isEmpty == true { throw ValidationError("--profile must name a folder") }
        if !(1...100_000).contains(batchSize) { throw ValidationError("--batch-size must be 1 to 100000") }
        if !(1...4000).contains(rate) { throw ValidationError("--rate must be 1 to 4000") }
    }

    private var rejectedPath: String { profile.map { "\($0)/rejected.jsonl" } ?? "\(store).rejected.jsonl" }

    func run() async throws {
        // First of all: a model that is not there must leave neither a profile nor a store behind.
        let pipeline = try IngestCommand.pipeline(pipeline, embedder: embedder)
        var recording: Recording?
        if let profile { recording = try await Recording(folder: profile, hertz: rate) }
        var job = IngestJob(input: input, store: store, rejectedPath: rejectedPath)
        runtime.apply(to: &job, pipeline)
        job.limits.batch = batchSize
        job.rejectionLimit = maxRejected
        job.resumes = resume

        let total = StandardStream.error.isTerminal ? DocumentReader.lineCount(path: input) : nil
        let progress = ProgressBar("Ingesting", total: total, unit: "documents")
        // In force until all is written: a signal that comes when the job is done changes nothing any more.
        let interruption = Interruption()
        defer { interruption.end() }
        let task = Task.detached { [job] in try await job.run { progress.update($0.counts.read) } }
        interruption.then { task.cancel() }
        let result = await task.result
        progress.finish()
        // Also of a job that failed: what was sampled until then may well show why.
        let summary = await recording?.write(try? result.get().table) ?? Recording.Summary()
        do {
            try conclude(try result.get(), summary)
        } catch {
            throw described(error)
        }
    }

    private func described(_ error: any Error) -> any Error {
        guard let error = error as? FileError, error.path == input else { return error }
        return CommandFailure(
            error.description, hint: "name a file of JSON Lines with --input, or make one with hearth-ingest corpus")
    }

    /// Says how it ended; the last line of standard output is the count.
    private func conclude(_ report: IngestReport, _ summary: Recording.Summary) throws {
        if let refusal = report.resumeRefusal {
            IngestCommand.say(CommandFailure("cannot resume, started from the beginning: \(refusal)"))
        } else if let done = report.resumedAfter {
            IngestCommand.say(CommandFailure("resumed after \(grouped(done)) documents"))
        }
        let counts = report.counts
        var failures: [CommandFailure] = []
        let count =
            "read \(grouped(counts.read)), stored \(grouped(counts.stored)), unchanged \(grouped(counts.unchanged)), "
            + "rejected \(grouped(counts.rejected))"
            + (report.neighbours.map { ", neighbours \(grouped($0))" } ?? "") + "\n"
        do { try Output.write(summary.text + count) } catch { failures.append(error) }
        let unwritten = summary.failures + [report.rejectedFileFailure?.description].compactMap(\.self)
        if !unwritten.isEmpty {
            failures.append(
                CommandFailure(unwritten.joined(separator: ", "), hint: "the documents are stored all the same"))
        }
        if let ending = ending(of: report) { failures.append(ending) }
        for failure in failures.dropLast() { IngestCommand.say(failure) }
        if let last = failures.last { throw last }
    }

    /// Why the run did not end as it should.
    private func ending(of report: IngestReport) -> CommandFailure? {
        let counts = report.counts
        if case .interrupted(let canResume) = report.ending {
            let hint = canResume ? "the same command with --resume goes on from here" : "run again to do the rest"
            return CommandFailure("interrupted after whole batches", exitCode: 130, hint: hint)
        }
        if report.isWithinRejectionLimit { return nil }
        let stopped = report.ending == .tooManyRejected ? ", stopped there" : ""
        return CommandFailure(
            "\(grouped(counts.rejected)) of \(grouped(counts.read)) documents of \(input == "-" ? "standard input" : input) were set aside, more than "
                + "--max-rejected \(maxRejected)\(stopped)",
            hint: report.rejectedFileFailure == nil ? "see why in \(rejectedPath)" : nil)
    }
}
