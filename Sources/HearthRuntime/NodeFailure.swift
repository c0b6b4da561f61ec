/// A node that could not do a batch, or under ``ErrorPolicy/fail`` an item of it; it ends the run.
public struct NodeFailure: Error, Sendable, CustomStringConvertible {
    public let node: String
    public let run: String
    /// Running number of the batch, from 0.
    public let batch: Int
    /// Place in the batch, where it is one item's fault.
    public let item: Int?
    public let underlying: any Error

    public var description: String {
        let item = item.map { ", item \($0)" } ?? ""
        return "run '\(run)', node '\(node)', batch \(batch)\(item): \(underlying)"
    }
}

/// A batch that does not fit its pipeline, or a body or model that broke its promise.
public enum RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
    case missingSource(String)
    case wrongColumn(name: String, detail: String)
    /// Of JSON between nodes.
    case unreadableTransfer(String)
    /// A batch begun by a body within another of the same run, where a node takes batches in their order.
    case waitsForItself(batch: Int, node: String)

    public var description: String {
        switch self {
        case .missingSource(let name): "the batch has no column '\(name)'"
        case .wrongColumn(let name, let detail): "column '\(name)' \(detail)"
        case .waitsForItself(let batch, let node):
            """
            this batch was begun within batch \(batch) of the same run, and node '\(node)' takes batches in order: each would wait for the \
            other; give the inner one a run of its own
            """
        case .unreadableTransfer(let detail): "what was handed over is not what was given: \(detail)"
        }
    }
}
