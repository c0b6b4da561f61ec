/// Which call of which node, or of which model.
public struct NodeCall: Hashable, Sendable {
    /// Places in the plan's steps: one, or those that share a model's call.
    public let steps: [Int]
    /// Of the node; `shared(a,b)` where several share the call.
    public let name: String
    public let level: Int
    /// The model that is called; nil for a node's own code.
    public let model: String?
    public let batch: Int
    public let run: String
}

/// Stands around every call of a node's body and of a model, so that a scope can be bound there: a task-local value, a lock, a
/// span.
///
/// The runtime calls `around` once a call, in the task that makes it. An implementation must call `body` once and give back what
/// it gave. Where a module is built without the upcoming feature `NonisolatedNonsendingByDefault`, the parameter is written
/// `_ body: nonisolated(nonsending) () async throws -> NodeOutput`.
public protocol NodeHook: Sendable {
    func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput
}

/// Several hooks, each within the one before.
public struct NodeHooks: NodeHook {
    private let hooks: [any NodeHook]

    public init(_ hooks: any NodeHook...) { self.hooks = hooks }

    public func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
        try await around(call, hooks[...], body)
    }

    private func around(
        _ call: NodeCall, _ hooks: ArraySlice<any NodeHook>, _ body: () async throws -> NodeOutput
    ) async throws -> NodeOutput {
        guard let outer = hooks.first else { return try await body() }
        return try await outer.around(call) { try await around(call, hooks.dropFirst(), body) }
    }
}
