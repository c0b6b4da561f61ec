/// Which call of which node.
public struct NodeCall: Hashable, Sendable {
    /// Place in the plan's steps.
    public let step: Int
    public let name: String
    public let level: Int
    public let batch: Int
    public let run: String
}

/// Stands around every call of a node's body, so that a scope can be bound there: a task-local value, a lock, a span.
///
/// The runtime calls `around` once a node and batch, in the task that runs the body. An implementation must call `body`
/// once and give back what it gave.
public protocol NodeHook: Sendable {
    func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput
}
