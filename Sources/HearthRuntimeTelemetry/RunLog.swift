internal import HearthLogging
public import HearthRuntime
public import Logging

/// Writes what happens in runs to a logger: loads at `info`, what went wrong at `error`, batches and waits at `debug`, every node at
/// `trace`. Values are described only where the level is on.
public struct RunLog: RuntimeObserver {
    private let logger: Logger

    public init(_ logger: Logger) { self.logger = logger }

    public func record(_ event: RuntimeEvent) {
        switch event {
        case .batchStarted, .nodeStarted: break
        case .nodeFinished(let node, let batch, let items, let rejected, let wall):
            logger.trace(
                "node done",
                metadata: [
                    "node": "\(node)", "batch": "\(batch)", "items": "\(items)", "rejected": "\(rejected)",
                    "wall": .stringConvertible(wall),
                ])
        case .modelCalled(let model, let nodes, let batch, let values, let wall):
            logger.trace(
                "model called",
                metadata: [
                    "model": "\(model)", "nodes": .described { nodes.joined(separator: ",") }, "batch": "\(batch)",
                    "values": "\(values)", "wall": .stringConvertible(wall),
                ])
        case .memoHits(let node, let batch, let asked, let hits):
            logger.trace(
                "remembered",
                metadata: ["node": "\(node)", "batch": "\(batch)", "asked": "\(asked)", "hits": "\(hits)"])
        case .duplicatesRemoved(let model, let nodes, let batch, let asked, let removed):
            logger.trace(
                "duplicates removed",
                metadata: [
                    "model": "\(model)", "nodes": .described { nodes.joined(separator: ",") }, "batch": "\(batch)",
                    "asked": "\(asked)", "removed": "\(removed)",
                ])
        case .modelLoaded(let model, let wall):
            logger.info("model loaded", metadata: ["model": "\(model)", "wall": .stringConvertible(wall)])
        case .modelLoadFailed(let model, let reason):
            logger.error("model not loaded", metadata: ["model": "\(model)", "reason": "\(reason)"])
        case .waited(let reason, let batch, let wall):
            logger.debug(
                "waited",
                metadata: [
                    "for": .described { String(describing: reason) }, "batch": "\(batch)",
                    "wall": .stringConvertible(wall),
                ])
        case .nodeFailed(let node, let batch, let reason):
            logger.error("node failed", metadata: ["node": "\(node)", "batch": "\(batch)", "reason": "\(reason)"])
        case .batchFailed(let batch, let reason, let wall):
            logger.error(
                "batch failed",
                metadata: ["batch": "\(batch)", "reason": "\(reason)", "wall": .stringConvertible(wall)])
        case .batchFinished(let batch, let items, let rejected, let wall):
            logger.debug(
                "batch done",
                metadata: [
                    "batch": "\(batch)", "items": "\(items)", "rejected": "\(rejected)",
                    "wall": .stringConvertible(wall),
                ])
        }
    }
}
