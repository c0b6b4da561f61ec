import HearthLabels
import HearthRuntime
import HearthRuntimeLabels
import HearthSampling
import Synchronization
import Testing

@testable import HearthLabels

extension SamplerTests {
    /// The labels of nodes, between those that the service binds around the run and inside a node.
    @Suite(.serialized) struct NodeScopeTests {
        /// Fails the run where the labels are not the expected ones.
        private struct LooksAtLabels: AsyncNodeBody {
            struct Wrong: Error {
                var labels: [String: String]
            }

            let expected: [String: String]
            let inputs: [ColumnType] = [.text]
            let output = ColumnType.text

            func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
                try check(expected)
                try await withProfilingLabels(ProfilingLabels(["part": "inner", "level": "own"])) {
                    await Task.yield()
                    try check(expected.merging(["part": "inner", "level": "own"]) { $1 })
                }
                try check(expected)
                return NodeOutput(input[0])
            }

            private func check(_ wanted: [String: String]) throws {
                let labels = LabelRegistry.labels(LabelCalibration.current)
                if labels != wanted { throw Wrong(labels: labels) }
            }
        }

        @Test(arguments: Schedule.allCases) func nodesStandBetweenLabels(_ schedule: Schedule) async throws {
            func node(_ name: String, _ level: Int, reads: String) -> Pipeline.Node {
                let labels = ["endpoint": "/search", "node": name, "level": "\(level)", "run": "r"]
                return .init(name, reads: [reads], LooksAtLabels(expected: labels))
            }
            let pipeline = try Pipeline(
                sources: [.init("in", .text)],
                nodes: [node("a", 0, reads: "in"), node("b", 0, reads: "in"), node("c", 1, reads: "a")])
            let sampler = try Sampler.start(.init(hertz: 100, costLimit: nil))
            await sampler.ready()
            #expect(await LabelCalibration.calibrateTask())
            var options = RunOptions()
            options.schedule = schedule
            let run = PipelineRun(pipeline, name: "r", options: options, hook: NodeLabels(pipeline.plan, run: "r"))
            let column = Column.text(BytesColumn(["x"]))
            _ = try await withProfilingLabels(ProfilingLabels(["endpoint": "/search"])) {
                for _ in 0..<50 { _ = try await run.process(Batch(columns: ["in": column], count: 1)) }
            }
            #expect(LabelCalibration.current == 0)
            _ = await sampler.stop()
        }

        /// Refuses numbers of which a bit is not set.
        private struct Bit: NodeBody {
            let inputs: [ColumnType] = [.number]
            let output = ColumnType.number
            let traits = NodeTraits.itemwise
            let bit: Int

            func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
                let number = Int(try input.numbers().value(0))
                let errors = number >> bit & 1 == 0 ? [ItemError(item: 0, reason: "bit \(bit)")] : []
                return NodeOutput(input[0], rejections: errors)
            }
        }

        /// Keeps the node that each of its calls was labelled with.
        private final class Listening: Model {
            let byteCount = 0
            let nodes = Mutex<[String?]>([])

            func evaluate(_ values: Column) async throws -> NodeOutput {
                let node = LabelRegistry.labels(LabelCalibration.current)["node"]
                nodes.withLock { $0.append(node) }
                return NodeOutput(values)
            }
        }

        @Test func setsOfNodesThatShareACallAreBounded() async throws {
            let listening = Listening()
            let model = ModelReference("m", input: .number, output: .number) { listening }
            let nodes = (0..<8).flatMap { bit in
                [
                    Pipeline.Node("bit\(bit)", reads: ["in"], Bit(bit: bit)),
                    Pipeline.Node("m\(bit)", reads: "bit\(bit)", model: model),
                ]
            }
            let pipeline = try Pipeline(sources: [.init("in", .number)], nodes: nodes)
            var options = RunOptions()
            options.memoBytes = nil
            let sampler = try Sampler.start(.init(hertz: 100, costLimit: nil))
            await sampler.ready()
            #expect(await LabelCalibration.calibrateTask())
            let run = PipelineRun(pipeline, name: "r", options: options, hook: NodeLabels(pipeline.plan, run: "r"))
            for number in 1..<256 {
                let column = Column.number(NumberColumn([Double(number)]))
                _ = try await run.process(Batch(columns: ["in": column], count: 1))
            }
            _ = await sampler.stop()
            let calls = listening.nodes.withLock(\.self).compactMap(\.self)
            #expect(calls.count == 255)
            #expect(calls.prefix(3) == ["m0", "m1", "shared(m0,m1)"])
            #expect(calls.last == "shared")
            // Eight alone, 64 sets, and the rest.
            #expect(Set(calls).count == 8 + 64 + 1)
        }
    }
}
