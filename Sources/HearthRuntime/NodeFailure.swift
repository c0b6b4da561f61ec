/// A node that could not do a batch at all; it ends the run.
public struct NodeFailure: Error, Sendable, CustomStringConvertible {
    public let node: String
    public let run: String
    /// Running number of the batch, from 0.
    public let batch: Int
    public let underlying: any Error

    public var description: String { "run '\(run)', node '\(node)', batch \(batch): \(underlying)" }
}

/// A batch that does not fit its pipeline, or a body that broke its promise.
public enum RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
    case missingSource(String)
    case wrongColumn(name: String, detail: String)

    public var description: String {
        switch self {
        case .missingSource(let name): "the batch has no column '\(name)'"
        case .wrongColumn(let name, let detail): "column '\(name)' \(detail)"
        }
    }
}
