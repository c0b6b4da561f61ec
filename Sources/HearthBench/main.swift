import Foundation

/// `Tools/bench NAME`: measures one thing and prints a `key: value unit` line a figure.
let benches: [String: () async throws -> Void] = [
    "accuracy": { try await AccuracyBench().run() },
    "always-on": { try await AlwaysOnBench().run() },
    "arrow": { try ArrowBench().run() },
    "coalescer": { try await CoalescerBench().run() },
    "diff": { try DiffBench().run() },
    "embed": { try EmbedBench().run() },
    "gate": { try GateBench().run() },
    "gate-pipeline": { try await GatePipelineBench().run() },
    "ingest": { try IngestBench().run() },
    "json": { try JSONBench().run() },
    "neighbours": { try NeighboursBench().run() },
    "labels": { try await LabelsBench().run() },
    "logging": { try LoggingBench().run() },
    "overhead": { try await OverheadBench().run() },
    "render": { try RenderBench().run() },
    "scheduler": { try await SchedulerBench().run() },
    "symbols": { try await SymbolsBench().run() },
    "spans": { try await SpansBench().run() },
    "store": {
        try DocumentsBench().run()
        try StoreBench().run()
    },
    "transfer": { try await TransferBench().run() },
    "unwind": { try await UnwindBench().run() },
    "verdicts": { try VerdictsBench().run() },
    "viewer": { try ViewerBench().run() },
    "wire": { try await WireBench().run() },
]
let names = benches.keys.sorted().joined(separator: ", ")
guard CommandLine.arguments.count == 2, let bench = benches[CommandLine.arguments[1]] else {
    FileHandle.standardError.write(Data("bench: name one of: \(names)\n".utf8))
    exit(2)
}
try await Task.detached { try await bench() }.value
