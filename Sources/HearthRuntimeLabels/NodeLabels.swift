internal import HearthLabels
public import HearthRuntime
internal import Synchronization

/// Puts the labels `node`, `level` and `run` around every node's body, and `model` around every call of a model, so that each
/// sample says where it was taken: `PipelineRun(pipeline, name: run, hook: NodeLabels(pipeline.plan, run: run))`. A call that
/// several nodes share has `node=shared(a,b)`.
///
/// Labels are interned once a node, and once for those that share calls, not once a call. Which nodes share a call may differ from
/// batch to batch, and what is interned stays: the first 64 such sets are told apart, calls of others have `node=shared`.
public final class NodeLabels: NodeHook {
    private struct Shared {
        /// By the steps that share a call.
        var sets: [[Int]: ProfilingLabels] = [:]
        /// By model, for the sets beyond the first.
        var others: [String?: ProfilingLabels] = [:]
    }

    private static let mostSets = 64

    private let run: String
    /// By step.
    private let labels: [ProfilingLabels]
    private let shared = Mutex(Shared())

    public init(_ plan: ExecutionPlan, run: String) {
        self.run = run
        labels = plan.steps.map { step in
            Self.labels(node: step.name, level: step.level, model: step.model, run: run)
        }
    }

    private static func labels(node: String, level: Int?, model: String?, run: String) -> ProfilingLabels {
        var labels = ["node": node, "run": run]
        labels["level"] = level.map(String.init)
        labels["model"] = model
        return ProfilingLabels(labels)
    }

    public func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
        try await withProfilingLabels(labels(of: call), body)
    }

    private func labels(of call: NodeCall) -> ProfilingLabels {
        if call.steps.count == 1, labels.indices.contains(call.steps[0]) { return labels[call.steps[0]] }
        return shared.withLock { shared in
            if let known = shared.sets[call.steps] { return known }
            if shared.sets.count < Self.mostSets {
                let new = Self.labels(node: call.name, level: call.level, model: call.model, run: run)
                shared.sets[call.steps] = new
                return new
            }
            if let known = shared.others[call.model] { return known }
            let new = Self.labels(node: "shared", level: nil, model: call.model, run: run)
            shared.others[call.model] = new
            return new
        }
    }
}
