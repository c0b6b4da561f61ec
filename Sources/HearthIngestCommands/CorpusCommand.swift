internal import ArgumentParser
internal import HearthIngestion
internal import HearthTerminal

struct CorpusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "corpus",
        abstract: "Makes real documents of this machine's Debian package lists.",
        discussion: """
            Writes JSON Lines, one nested object a package of 'apt-cache dumpavail', in the order of the lists. The id is
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
        if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
    }

    func run() async throws {
        let progress = ProgressBar("Corpus", total: limit, unit: "packages")
        let count = try PackageCorpus(limit: limit).write(to: output) { progress.update($0) }
        progress.update(count)
        progress.finish()
        if output != "-" { print("wrote \(grouped(count)) documents to \(output)") }
    }
}
