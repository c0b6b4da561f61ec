import HearthGraph
import HearthRuntime
import HearthRuntimeLabels
import Testing

@Suite struct NodeLabelsTests {
    private struct Refused: Error {}

    /// Text in upper case; refuses the batch at the word "no".
    private struct UpperCase: NodeBody {
        let inputs: [ColumnType] = [.text]
        let output = ColumnType.text
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            let texts = try input.texts()
            guard texts.text(0) != "no" else { throw Refused() }
            return NodeOutput(.text(BytesColumn((0..<input.count).map { texts.text($0)?.uppercased() })))
        }
    }

    @Test(arguments: Schedule.allCases) func labelsChangeNoValueAndNoError(_ schedule: Schedule) async throws {
        let pipeline = try Pipeline(
            sources: [.init("in", .text)],
            nodes: [.init("a", reads: ["in"], UpperCase()), .init("b", reads: ["in"], UpperCase())])
        var options = RunOptions()
        options.schedule = schedule
        let run = PipelineRun(pipeline, name: "r", options: options, hook: NodeLabels(pipeline.plan, run: "r"))
        let result = try await run.process(Batch(columns: ["in": .text(BytesColumn(["x", nil]))], count: 2))
        #expect(result.columns == ["a": .text(BytesColumn(["X", nil])), "b": .text(BytesColumn(["X", nil]))])
        let failure = await #expect(throws: NodeFailure.self) {
            try await run.process(Batch(columns: ["in": .text(BytesColumn(["no"]))], count: 1))
        }
        #expect(failure?.underlying is Refused)
    }
}
