internal import HearthIngestion
internal import HearthRuntime

/// One step of the story: all changes up to this one, and what this one takes away.
struct ReplayIteration: Sendable {
    /// `0`, `1`, … `4a`, `4b` …
    let name: String
    let title: String
    /// What it does, in a sentence.
    let change: String
    /// The options of `hearth-ingest run` that it adds to those before.
    let added: [String]
    /// What this change takes away of the profile before: functions by parts of their names. Empty for the first.
    let removes: [String]
    /// The options of what it is compared with, beside those of the iteration before; empty for those that go on from it as it is.
    let base: [String: String]

    /// Whether it has figures of its own, at the larger size.
    var isLarge: Bool { !base.isEmpty }

    /// The slow form of everything in the first story, whose framework handed values on by reference; JSON between nodes is the second
    /// story's, and what iteration 7 is compared with.
    static let naive = [
        "--fields", "jsonpath", "--memo", "off", "--models", "per-node", "--evaluation", "per-item", "--schedule",
        "sequential", "--dedup", "off", "--logging", "eager", "--transfer", "columnar", "--neighbours", "off",
    ]

    static let all: [ReplayIteration] = [
        .init(
            "0", "all naive", "Every item by itself, every value made anew, every field looked for by its JSONPath.", []
        ),
        .init(
            "1", "memoisation", "A value that was made is remembered, and made once for all that read it.",
            ["--memo", "on"],
            removes: ["evaluate(_:)"]),
        .init(
            "2", "JSONPath → direct", "Paths are compiled once, and a document is gone through once for all of them.",
            ["--fields", "direct"], removes: ["JSONPath", "JSONParser", "JSONValue"]),
        .init(
            "3", "a shared model registry", "Nodes share one copy of the model.", ["--models", "shared"],
            removes: ["TransformerModel.init", "TransformerEmbedder.init", "Embedder.load", "Safetensors"]),
        .init(
            "4a", "a coalescer", "Items wait a moment for others, and go to the model together.",
            ["--evaluation", "coalesced"], removes: ["embed(_:)"]),
        .init(
            "4b", "level batches", "Whole batches go from node to node.", ["--evaluation", "batched"],
            removes: ["ItemWalk", "Coalescer"]),
        .init(
            "5", "deduplication", "What several nodes ask of a model in a batch is asked once.", ["--dedup", "on"],
            removes: ["embed(_:)"]),
        .init(
            "6", "lazy log values", "What is logged is described when it is written, which is never.",
            ["--logging", "lazy"], removes: ["DocumentLog", "debugDescription", "EagerRedactingLogHandler", "Redactor"]),
        .init(
            "7", "parallel and columnar", "Nodes run at once, and columns go by reference in place of JSON.",
            ["--schedule", "parallel", "--transfer", "columnar"], removes: ["JSONTransfer", "JSONItems"],
            base: ["--schedule": "sequential", "--transfer": "json"]),
        .init(
            "8", "a k-d tree", "Near-duplicates are found without comparing all with all.",
            ["--neighbours", "kd-tree"],
            removes: ["SimilarityMatrix"], base: ["--neighbours": "brute-force"]),
    ]

    private init(
        _ name: String, _ title: String, _ change: String, _ added: [String], removes: [String] = [],
        base: [String: String] = [:]
    ) {
        self.name = name
        self.title = title
        self.change = change
        self.added = added
        self.removes = removes
        self.base = base
    }

    /// The options of one iteration: the naive ones, each replaced by the last that says otherwise.
    static func options(upTo index: Int) -> [String: String] {
        var options: [String: String] = [:]
        for list in [naive] + all[...index].map(\.added) {
            for place in stride(from: 0, to: list.count - 1, by: 2) { options[list[place]] = list[place + 1] }
        }
        return options
    }

    /// Those of what it is compared with.
    static func baseOptions(of index: Int) -> [String: String] {
        options(upTo: index - 1).merging(all[index].base) { _, base in base }
    }
}
