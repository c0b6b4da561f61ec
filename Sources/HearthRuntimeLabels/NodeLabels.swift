internal import HearthLabels
public import HearthRuntime

/// Puts the labels `node`, `level` and `run` around every node's body, so that each sample says where it was taken:
/// `PipelineRun(pipeline, name: run, hook: NodeLabels(pipeline.plan, run: run))`.
///
/// Labels are interned once here, not once a call.
public struct NodeLabels: NodeHook {
    private let labels: [ProfilingLabels]

    public init(_ plan: ExecutionPlan, run: String) {
        labels = plan.steps.map { ProfilingLabels(["node": $0.name, "level": String($0.level), "run": run]) }
    }

    public func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
        guard labels.indices.contains(call.step) else { return try await body() }
        return try await withProfilingLabels(labels[call.step], body)
    }
}
