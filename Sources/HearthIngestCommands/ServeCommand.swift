internal import ArgumentParser
internal import Hearth
internal import HearthHTTP
internal import HearthIngestService
internal import HearthIngestion
internal import HearthRuntime
internal import HearthRuntimeLabels
internal import HearthServer
internal import HearthTerminal
internal import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Takes documents by HTTP into a store, and answers queries of it.",
        discussion: """
            POST /documents takes JSON Lines, plain or with Content-Encoding gzip or zstd, and is answered when they are \
            committed, with what was read, stored, unchanged and rejected. Documents of requests that come together go in the \
            same batches. GET /query?text=…&k=10&where=section=web finds documents, /health says whether documents are \
            taken, /metrics is for Prometheus.

            Where too much waits, the answer is 429 and says after how many seconds to try again. On Ctrl-C or SIGTERM no more \
            is taken, what was taken is committed and answered, and the exit code is 0.

            There is no password: listen on loopback or a Unix socket, which only its owner can enter, or have a proxy before it.

            It is profiled all the time: hearth record hearth-ingest shows what it does, and the variables HEARTH_* say more.

            Examples:
              hearth-ingest serve --store out.db
              hearth-ingest serve --store out.db --listen unix:/run/user/1000/ingest.sock
              curl --data-binary @corpus.jsonl http://127.0.0.1:8080/documents
              curl -H 'Content-Encoding: zstd' --data-binary @corpus.jsonl.zst http://127.0.0.1:8080/documents
              curl 'http://127.0.0.1:8080/query?text=web+server&where=section=web'
            """)

    @Option(help: "The store, an SQLite file; made where there is none.")
    var store: String

    @Option(help: "Where to listen: HOST:PORT, :PORT (loopback), or unix:/PATH.")
    var listen = "127.0.0.1:8080"

    @Option(help: "Fields, encoders and weights, a JSON file as plan -o pipeline.json writes one.")
    var pipeline: String?

    @Option(help: "What turns texts to vectors: hashed, or transformer:DIR with a folder of the BERT family.")
    var embedder: EmbedderName = .hashed

    @Option(help: "Documents that go through the pipeline and into the store together.")
    var batchSize = 512

    @Option(help: "How long a body may be, as it comes and unpacked.")
    var maxBody = "16MiB"

    @Option(help: "How much may wait at once; at least twice --max-body.")
    var maxQueue = "64MiB"

    func validate() throws {
        if store.isEmpty { throw ValidationError("--store must name a file") }
        do { _ = try HTTPAddress(listen) } catch { throw ValidationError("--listen: \(error)") }
        if !(1...100_000).contains(batchSize) { throw ValidationError("--batch-size must be 1 to 100000") }
        guard let body = SettingText.bytes(maxBody) else {
            throw ValidationError("--max-body must be a size such as 16MiB, not '\(maxBody)'")
        }
        guard let queue = SettingText.bytes(maxQueue) else {
            throw ValidationError("--max-queue must be a size such as 64MiB, not '\(maxQueue)'")
        }
        if body > 1 << 30 { throw ValidationError("--max-body must be at most 1GiB") }
        if queue < 2 * body { throw ValidationError("--max-queue must be at least twice --max-body") }
    }

    func run() async throws {
        let pipeline = try IngestCommand.pipeline(pipeline, embedder: embedder)
        var settings = IngestServer.Settings(address: try HTTPAddress(listen))
        settings.longestBody = SettingText.bytes(maxBody) ?? settings.longestBody
        settings.bytesInFlight = SettingText.bytes(maxQueue) ?? settings.bytesInFlight
        settings.queue.limits.batch = batchSize
        let name = settings.queue.runName
        settings.queue.hook = { NodeLabels($0, run: name) }
        // From the start: a signal while the store is opened ends the service as one later does.
        let interruption = Interruption()
        defer { interruption.end() }

        var configuration = Profiler.Configuration()
        configuration.logger.logLevel = .warning
        var serving = ServingConfiguration()
        serving.listen = "unix"
        let profiler = Profiler.startServing(
            service: "hearth-ingest", configuration: configuration, serving: serving)
        settings.queue.observers = [WorkObserver(work: profiler.work)]
        do {
            try await serve(pipeline, settings, until: interruption)
        } catch {
            await profiler.stop()
            throw error
        }
        await profiler.stop()
    }

    private func serve(
        _ pipeline: DocumentPipeline, _ settings: IngestServer.Settings, until interruption: Interruption
    ) async throws {
        let store = store
        let server: IngestServer
        do {
            server = try await Task.detached {
                try await IngestServer.start(store: store, pipeline: pipeline, settings: settings)
            }.value
        } catch let error as HTTPServerError {
            throw CommandFailure("\(error)", hint: "name another place with --listen")
        }
        IngestCommand.say(CommandFailure("listens on \(server.address), stores in \(store)"))
        if !server.address.isLocal {
            IngestCommand.say(CommandFailure("other machines reach \(server.address), and no password is asked for"))
        }
        let (signals, signal) = AsyncStream<Void>.makeStream()
        interruption.then { signal.finish() }
        for await _ in signals {}
        IngestCommand.say(CommandFailure("stopping; what was taken is committed first"))
        try await server.stop()
        let counts = server.statistics.counts
        try Output.write(
            "read \(grouped(counts.read)), stored \(grouped(counts.stored)), unchanged \(grouped(counts.unchanged)), "
                + "rejected \(grouped(counts.rejected))\n")
    }
}

/// Counts documents as the profiler's units of work: costs are shown by the document.
private struct WorkObserver: RuntimeObserver {
    let work: WorkCounter

    func record(_ event: RuntimeEvent) {
        if case .batchFinished(_, let items, _, _) = event { work.increment(by: Int64(items)) }
    }
}
