internal import HearthLabels
public import HearthRuntime
internal import Synchronization

/// Puts the labels `node`, `level` and `run` around every node's body, and `model` around every call of a model, so that each
/// sample says where it was taken: `PipelineRun(pipeline, name: run, hook: NodeLabels(pipeline.plan, run: run))`. A call that
/// several nodes share has `node=shared(a,b)`.
///
/// Labels are interned once a node, and once for those that share calls, not once a call.
public final class NodeLabels: NodeHook {
    private let run: String
    /// By step.
    private let labels: [ProfilingLabels]
    /// By the steps that share a call.
    private let shared = Mutex<[[Int]: ProfilingLabels]>([:])

    public init(_ plan: ExecutionPlan, run: String) {
        self.run = run
        labels = plan.steps.map { step in
            var labels = ["node": step.name, "level": String(step.level), "run": run]
            labels["model"] = step.model
            return ProfilingLabels(labels)
        }
    }

    public func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
        try await withProfilingLabels(labels(of: call), body)
    }

    private func labels(of call: NodeCall) -> ProfilingLabels {
        if call.steps.count == 1, labels.indices.contains(call.steps[0]) { return labels[call.steps[0]] }
        return shared.withLock { shared in
            if let known = shared[call.steps] { return known }
            var new = ["node": call.name, "level": String(call.level), "run": run]
            new["model"] = call.model
            let labels = ProfilingLabels(new)
            shared[call.steps] = labels
            return labels
        }
    }
}
