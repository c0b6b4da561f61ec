public import HearthRuntime
public import Tracing

/// A span around every call of a node's body and of a model: `PipelineRun(pipeline, hook: NodeSpans())`, within the span in which
/// the batch was given to the run.
///
/// It is named `node NAME` or `model NAME`, with the attributes `hearth.run`, `hearth.batch`, `hearth.level`, and of a model's
/// call `hearth.nodes` (a name, or `shared(a,b)`). An error is recorded. With a profiler and `NodeLabels` beside:
/// `NodeHooks(NodeSpans(), NodeLabels(plan, run: name))`.
public struct NodeSpans: NodeHook {
    private let tracer: any Tracer

    /// - Parameter tracer: makes the spans; the one that the process was bootstrapped with, unless told otherwise.
    public init(_ tracer: any Tracer = InstrumentationSystem.tracer) { self.tracer = tracer }

    public func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
        try await tracer.withAnySpan(call.model.map { "model \($0)" } ?? "node \(call.name)", ofKind: .internal) {
            span in
            span.attributes["hearth.run"] = call.run
            span.attributes["hearth.batch"] = call.batch
            span.attributes["hearth.level"] = call.level
            if call.model != nil { span.attributes["hearth.nodes"] = call.name }
            return try await body()
        }
    }
}
