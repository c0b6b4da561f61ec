internal import ArgumentParser
internal import HearthIngestion
internal import HearthTerminal

struct CorpusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Makes real documents of this machine's Debian package lists.",
        discussion: """
            Writes JSON Lines, one nested object a package of 'apt-cache dumpavail', in the order of the lists. The id is \
            name_version_architecture. Members are missing where the package has none.

            Examples:
              hearth-ingest corpus -o corpus.jsonl
              hearth-ingest corpus --limit 1000 -o - | head -1
            """)

    @Option(name: .shortAndLong, help: "Where to write; - is standard output.")
    var output: String

    @Option(help: "Stop after this many packages.")
    var limit: Int?

    func validate() throws {
        if output.isEmpty { throw ValidationError("-o must name a file, or - for standard output") }
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    }

    func run() async throws {
        let (limit, output) = (limit, output)
        let progress = ProgressBar("Corpus", total: limit, unit: "packages")
        // Standard output leaves nothing to tidy up, and may wait for its reader for ever: there a signal ends it all.
        let interruption = output == "-" ? nil : Interruption()
        defer { interruption?.end() }
        let task = Task.detached {
            let count = try await PackageCorpus(limit: limit).write(to: output) { progress.update($0) }
            progress.update(count)
            return count
        }
        interruption?.then { task.cancel() }
        let result = await task.result
        progress.finish()
        do {
            let count = try result.get()
            if output != "-" { try Output.write("wrote \(grouped(count)) documents to \(output)\n") }
        } catch is CancellationError {
            throw CommandFailure("interrupted, nothing written to \(output)", exitCode: 130)
        }
    }
}
