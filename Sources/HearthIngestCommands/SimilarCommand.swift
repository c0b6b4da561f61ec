internal import ArgumentParser
internal import HearthIngestion
internal import HearthJSON
internal import HearthTerminal

struct SimilarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "Lists the near-duplicates of a store.",
        discussion: """
            Pairs of documents whose vectors are at least so similar, the most similar first; 1 is the same. The store must have \
            been made with run --neighbours kd-tree (or brute-force, which finds the same).

            Examples:
              hearth-ingest run --input corpus.jsonl --store out.db --neighbours kd-tree
              hearth-ingest similar --store out.db --at-least 0.95
            """)

    @Option(help: "The store that hearth-ingest run has made.")
    var store: String

    @Option(help: "How similar, -1 to 1.")
    var atLeast: Float = 0.9

    @Option(name: .shortAndLong, help: "How many pairs to show.")
    var count = 20

    @Option(help: "text or json: an array of objects with id, other and similarity.")
    var format = QueryCommand.Format.text

    func validate() throws {
        if store.isEmpty { throw ValidationError("--store must name a file") }
        if !(-1...1).contains(atLeast) { throw ValidationError("--at-least must be -1 to 1") }
        if !(1...1_000_000).contains(count) { throw ValidationError("--count must be 1 to 1000000") }
    }

    func run() async throws {
        let pairs = try DocumentStore(readingPath: store).similarPairs(atLeast: atLeast, limit: count)
        switch format {
        case .text:
            guard !pairs.isEmpty else {
                IngestCommand.say(
                    CommandFailure(
                        "\(store) has no pairs so similar",
                        hint: "lower --at-least, or search for neighbours with run --neighbours kd-tree"))
                return
            }
            try Output.write(Self.table(pairs))
        case .json: try Output.write(Self.json(pairs))
        }
    }

    private static func table(_ pairs: [SimilarPair]) -> String {
        var table = TextTable(columns: [.init("similarity", .right), .init("id"), .init("other")])
        for pair in pairs { table.append([decimal(Double(pair.similarity), places: 4), pair.key, pair.otherKey]) }
        let isTerminal = StandardStream.output.isTerminal
        return table.rendered(
            styled: TerminalStyle.isEnabled(on: .output), maxWidth: isTerminal ? StandardStream.output.columns : nil)
    }

    private static func json(_ pairs: [SimilarPair]) -> String {
        var json = JSONText()
        json.beginArray()
        for pair in pairs {
            json.beginObject()
            json.key("id")
            json.string(pair.key)
            json.key("other")
            json.string(pair.otherKey)
            json.key("similarity")
            json.number(Double(pair.similarity))
            json.endObject()
        }
        json.endArray()
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
