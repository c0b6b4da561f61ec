internal import ArgumentParser
internal import HearthIngestService
internal import HearthIngestion
internal import HearthTerminal

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Finds the documents of a store nearest to a text.",
        discussion: """
            Compares the text with names and descriptions of all documents. The score is at most 1. The text becomes a \
            vector by the model that the store was made with; if its folder has moved since, --embedder says where it is.

            Examples:
              hearth-ingest query --store out.db "plot a graph of measured data"
              hearth-ingest query --store out.db "web server" -k 3 --format json
              hearth-ingest query --store out.db "web server" --where section=web
              hearth-ingest query --store out.db "web server" --embedder transformer:models/all-MiniLM-L6-v2
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: "The store that hearth-ingest run has made.")
    var store: String

    @Argument(help: "What to look for.")
    var text: String

    @Option(name: [.customShort("k"), .customLong("count")], help: "How many documents to show.")
    var count = 10

    @Option(
        name: .customLong("where"),
        help: "Only documents whose field has this value: NAME=VALUE. Given several times, all must hold.")
    var filters: [FieldFilter] = []

    @Option(help: "Where the model of the store is found: hashed, or transformer:DIR. The default is where it was.")
    var embedder: EmbedderName?

    @Option(help: "text or json: an array of objects with id, score and fields.")
    var format = Format.text

    func validate() throws {
        if store.isEmpty { throw ValidationError("--store must name a file") }
        if !text.contains(where: { !$0.isWhitespace }) { throw ValidationError("the text to look for is empty") }
        if !(1...10_000).contains(count) { throw ValidationError("-k must be 1 to 10000") }
    }

    func run() async throws {
        let (store, text, count, filters, embedder) = (store, text, count, filters, embedder)
        let found = try await Task.detached {
            let documents = try DocumentStore(readingPath: store)
            return try await documents.search(text, count: count, filters: filters, embedder: embedder)
        }.value
        if found.isEmpty {
            let reason =
                filters.isEmpty ? "\(store) holds no documents" : "no document of \(store) has what --where asks for"
            IngestCommand.say(CommandFailure(reason))
        }
        switch format {
        case .text: if !found.isEmpty { try Output.write(Self.table(found)) }
        case .json: try Output.write(String(decoding: Neighbour.json(found), as: UTF8.self))
        }
    }

    /// The fields of what is no package.
    private static func rest(of neighbour: Neighbour) -> String {
        neighbour.fields.filter { $0.key != "name" }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: " ")
    }

    private static func table(_ found: [Neighbour]) -> String {
        var table = TextTable(columns: [.init("name"), .init("score", .right), .init("description")])
        for neighbour in found {
            table.append([
                neighbour.fields["name"] ?? neighbour.key, decimal(Double(neighbour.score), places: 3),
                neighbour.fields["summary"] ?? rest(of: neighbour),
            ])
        }
        let isTerminal = StandardStream.output.isTerminal
        return table.rendered(
            styled: TerminalStyle.isEnabled(on: .output), maxWidth: isTerminal ? StandardStream.output.columns : nil)
    }
}
