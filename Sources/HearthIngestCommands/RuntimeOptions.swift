internal import ArgumentParser
internal import HearthIngestion
internal import HearthRuntime
internal import Logging

/// The choices of the runtime, each with its slow and its fast form.
struct RuntimeOptions: ParsableArguments {
    @Option(help: "How values are made: per-item, coalesced, batched.")
    var evaluation: Evaluation = .batched

    /// Nil where nothing was said.
    @Option(
        help: """
            Nodes one after the other, or as soon as what they read is there: sequential, parallel. (default: parallel)
            """)
    var schedule: Schedule?

    @Option(help: "Whether values are remembered: off, on.")
    var memo: Switch = .on

    @Option(help: "Whether each node loads its model, or all share it: per-node, shared.")
    var models: ModelSharing = .shared

    @Option(help: "Whether what is asked twice of a model in a batch is made once: off, on.")
    var dedup: Switch = .on

    @Option(help: "How values get from node to node: json, columnar.")
    var transfer: Transfer = .columnar

    @Option(help: "How nodes come by fields of documents: jsonpath (compiled at each access), direct.")
    var fields: FieldAccess = .direct

    @Option(help: "When what is logged is described: eager, lazy.")
    var logging: DocumentLog.Form = .lazy

    @Option(help: "What is logged to standard error: info says what is set aside, debug what is stored.")
    var logLevel = Logger.Level.warning

    @Option(help: "Whether the store gets indexes for queries by a field: off, on.")
    var indexes: Switch = .on

    @Option(help: "How near-duplicates are found: off, brute-force, kd-tree.")
    var neighbours: NeighbourChoice = .off

    /// With what is logged of documents.
    func applied(to pipeline: DocumentPipeline) -> DocumentPipeline {
        var pipeline = pipeline
        pipeline.fieldAccess = fields
        pipeline.log = DocumentLog(
            logging, level: logLevel, handler: StreamLogHandler.standardError(label: "hearth-ingest"))
        return pipeline
    }

    var options: RunOptions {
        var options = RunOptions()
        options.evaluation = evaluation
        options.schedule = schedule ?? .parallel
        options.models = models
        options.transfer = transfer
        options.removesDuplicates = dedup == .on
        if memo == .off { options.memoBytes = nil }
        return options
    }
}

/// A way of finding near-duplicates, or none.
enum NeighbourChoice: String, CaseIterable, ExpressibleByArgument {
    case off
    case bruteForce = "brute-force"
    case kdTree = "kd-tree"

    var search: NeighbourSearch? { NeighbourSearch(rawValue: rawValue) }
}

/// A choice that is made or not.
enum Switch: String, CaseIterable, ExpressibleByArgument {
    case off, on
}
