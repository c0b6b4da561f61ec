/// Stand-in with the agreed interface; samples nothing.
public struct ProfilingLabels: Sendable, Hashable {
    private let pairs: [String: String]

    public init(_ labels: [String: String]) { pairs = labels }
}

public func withProfilingLabels<R>(_ labels: ProfilingLabels, _ body: () throws -> R) rethrows -> R { try body() }

nonisolated(nonsending) public func withProfilingLabels<R>(
    _ labels: ProfilingLabels, _ body: () async throws -> R
) async rethrows -> R { try await body() }
