import HearthGraph
import HearthRuntime
import HearthRuntimeTelemetry
import InMemoryTracing
import Logging
import MetricsTestKit
import Synchronization
import Testing
import Tracing

@Suite struct TelemetryTests {
    private func pipeline() throws -> Pipeline {
        let model = DoublingModel().reference()
        return try Pipeline(
            sources: [.init("in", .number)],
            nodes: [
                .init("sum", reads: ["in"], SumBody(1, refused: 7)), .init("x", reads: "sum", model: model),
                .init("y", reads: "in", model: model),
            ])
    }

    @Test func numbersOfARun() async throws {
        let backend = TestMetrics()
        let run = PipelineRun(
            try pipeline(), options: RunOptions(.sequential), observers: [RuntimeMetrics(factory: backend)])
        _ = try await run.process(batch([1, 2, 7]))
        _ = try await run.process(batch([2, 3]))
        func total(_ name: String, _ dimension: (String, String)? = nil) throws -> Int64 {
            try backend.expectCounter("hearth_runtime_\(name)", dimension.map { [$0] } ?? []).totalValue
        }
        #expect(try total("batches_total") == 2)
        #expect(try total("items_total") == 5)
        #expect(try total("rejected_total") == 1)
        #expect(try total("model_values_total", ("model", "doubling")) == 4)
        #expect(try total("memo_asked_total", ("node", "x")) == 4)
        #expect(try total("memo_hits_total", ("node", "x")) == 1)
        #expect(try total("duplicates_removed_total", ("model", "doubling")) == 3)
        #expect(try total("model_loads_total", ("model", "doubling")) == 1)
        #expect(try backend.expectTimer("hearth_runtime_node_seconds", [("node", "sum")]).values.count == 2)
        #expect(try backend.expectTimer("hearth_runtime_model_seconds", [("model", "doubling")]).values.count == 2)
        #expect(try backend.expectTimer("hearth_runtime_batch_seconds").values.count == 2)
        #expect(try backend.expectTimer("hearth_runtime_wait_seconds", [("for", "model")]).values.count == 1)
        #expect(try backend.expectRecorder("hearth_runtime_batch_items").values == [3, 2])
    }

    @Test func numbersOfFailures() async throws {
        let (backend, log) = (TestMetrics(), EventLog())
        let pipeline = try Pipeline(
            sources: [.init("in", .number)], nodes: [.init("bad", reads: ["in"], ThrowingBody())])
        let run = PipelineRun(pipeline, observers: [RuntimeMetrics(factory: backend), log])
        await #expect(throws: NodeFailure.self) { try await run.process(batch([1])) }
        await #expect(throws: RuntimeError.self) { try await run.process(Batch(columns: [:], count: 1)) }
        #expect(try backend.expectCounter("hearth_runtime_batches_failed_total").totalValue == 2)
        #expect(try backend.expectCounter("hearth_runtime_node_failures_total", [("node", "bad")]).totalValue == 1)
        #expect(
            log.lines == [
                "batch 0 of 1", "bad 0", "bad 0 failed: Broken()",
                "batch 0 failed: run 'run', node 'bad', batch 0: Broken()",
                "batch 1 of 1", "batch 1 failed: the batch has no column 'in'",
            ])
    }

    @Test func aSpanACall() async throws {
        let tracer = InMemoryTracer()
        let run = PipelineRun(try pipeline(), name: "nightly", hook: NodeHooks(NodeSpans(tracer)))
        try await tracer.withSpan("request") { _ in _ = try await run.process(batch([1, 2])) }
        let spans = tracer.finishedSpans
        #expect(Set(spans.map(\.operationName)) == ["request", "node sum", "model doubling"])
        let request = try #require(spans.first { $0.operationName == "request" })
        for span in spans where span.operationName != "request" { #expect(span.parentSpanID == request.spanID) }
        let call = try #require(spans.first { $0.operationName == "model doubling" })
        #expect(call.attributes.get("hearth.run") == "nightly")
        #expect(
            call.attributes.get("hearth.nodes") == "shared(x,y)" || call.attributes.get("hearth.nodes") == "shared(y,x)"
        )
    }

    /// Keeps what is written.
    private struct Kept: LogHandler {
        final class Lines: Sendable {
            private let lines = Mutex<[String]>([])
            var all: [String] { lines.withLock(\.self) }
            func add(_ line: String) { lines.withLock { $0.append(line) } }
        }

        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        let lines: Lines

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = (event.metadata ?? [:]).filter { $0.key != "wall" }.map { "\($0.key)=\($0.value)" }.sorted()
            lines.add("\(event.level) \(event.message) \(values.joined(separator: " "))")
        }
    }

    @Test func aLogOfARun() async throws {
        let lines = Kept.Lines()
        let logger = Logger(label: "run") { _ in Kept(lines: lines) }
        let run = PipelineRun(try pipeline(), options: RunOptions(.sequential), observers: [RunLog(logger)])
        _ = try await run.process(batch([1, 7]))
        #expect(
            lines.all == [
                "debug waited batch=0 for=model(\"doubling\")", "info model loaded model=doubling",
                "debug batch done batch=0 items=2 rejected=1",
            ])
    }

    @Test func whatALogSaysIsCheap() {
        let column = Column.text(BytesColumn(["a", nil]))
        #expect("\(column)" == "text × 2")
        #expect(String(reflecting: column) == "text × 2 [\"a\", null]")
    }

    @Test func errorsAreTheSpans() async throws {
        let tracer = InMemoryTracer()
        let bad = try Pipeline(
            sources: [.init("in", .number)], nodes: [.init("bad", reads: ["in"], ThrowingBody())])
        let run = PipelineRun(bad, hook: NodeSpans(tracer))
        await #expect(throws: NodeFailure.self) { try await run.process(batch([1])) }
        #expect(tracer.finishedSpans.first?.errors.count == 1)
    }
}
