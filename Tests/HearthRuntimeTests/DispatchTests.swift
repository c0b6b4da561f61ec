import HearthGraph
import Synchronization
import Testing

@testable import HearthRuntime

/// What models are called with, and what they are not called with again.
@Suite struct DispatchTests {
    private let source = [Graph.Source("in", .number)]

    /// Two nodes that want one model at different depths, and one that adds their values up.
    private func meeting(_ model: ModelReference) throws -> Pipeline {
        try Pipeline(
            sources: source,
            nodes: [
                .init("same", reads: ["in"], SumBody(1)),
                .init("x", reads: "in", model: model), .init("y", reads: "same", model: model),
                .init("next", reads: ["in"], SumBody(1, constant: 1)), .init("z", reads: "next", model: model),
                .init("sum", reads: ["x", "y", "z"], SumBody(3)),
            ])
    }

    @Test(arguments: Schedule.allCases) func nodesMeetAndNothingIsAskedTwice(_ schedule: Schedule) async throws {
        let (model, log) = (DoublingModel(), EventLog())
        let run = PipelineRun(try meeting(model.reference()), options: RunOptions(schedule), observers: [log])
        let result = try await run.process(batch([1, 2, 1, nil]))
        // x asks 1, 2, 1, null; y asks 1, 2, 1, 0; z asks 2, 3, 2, 1.
        #expect(model.calls == [5])
        #expect(result.columns["sum"] == .number(NumberColumn([11, 17, 11, 4])))
        #expect(log.lines.contains("doubling for x,y,z 0 of 5"))
        #expect(log.lines.contains("doubling for x,y,z 0 twice 7 of 12"))
        let table = try #require(run.table)
        let rows = Dictionary(uniqueKeysWithValues: table.rows.map { ($0.name, $0) })
        #expect(["x", "y", "z"].map { rows[$0]?.valuesAsked } == [4, 4, 4])
        #expect(["x", "y", "z"].map { rows[$0]?.valuesEvaluated } == [3, 1, 1])
        #expect(rows["x"]?.inModel == rows["z"]?.inModel && rows["x"]?.inModel != .zero)
    }

    @Test func withoutTheChoiceEverythingIsAsked() async throws {
        let model = DoublingModel()
        var options = RunOptions(.sequential)
        options.removesDuplicates = false
        let run = PipelineRun(try meeting(model.reference()), options: options)
        _ = try await run.process(batch([1, 2, 1, nil]))
        #expect(model.calls == [12])
        options.models = .perNode
        let registry = ModelRegistry()
        let alone = PipelineRun(try meeting(model.reference()), options: options, registry: registry)
        _ = try await alone.process(batch([1, 2]))
        #expect(model.calls == [12, 2, 2, 2])
        #expect(registry.statuses.mapValues(\.loads) == ["doubling of x": 1, "doubling of y": 1, "doubling of z": 1])
    }

    @Test func whatIsRememberedIsNotAskedAgain() async throws {
        let (model, log) = (DoublingModel(), EventLog())
        let run = PipelineRun(try meeting(model.reference()), options: RunOptions(.sequential), observers: [log])
        let first = try await run.process(batch([1, 2, 3]))
        let second = try await run.process(batch([3, 1, 5]))
        #expect(model.calls == [4, 2], "1 to 4, then 5 and 6: each node remembers for itself, and 4 was z's")
        #expect(first.columns["sum"] == .number(NumberColumn([11, 17, 23])))
        #expect(second.columns["sum"] == .number(NumberColumn([23, 11, 35])))
        #expect(log.lines.contains("x 1 remembered 2 of 3"))
        let row = try #require(run.table?.rows.first { $0.name == "x" })
        #expect((row.memoAsked, row.memoHits) == (6, 2))
        _ = try await run.process(batch([5, 3, 1]))
        #expect(model.calls == [4, 2])
        #expect(log.lines.last == "batch 2 of 3 done rejected 0")
    }

    @Test func itemByItemValuesAreMadeForEveryWayThatLeadsToThem() async throws {
        let calls = StreamTests.Counter()
        struct Counting: NodeBody {
            let inputs: [ColumnType] = [.number]
            let output = ColumnType.number
            let traits = NodeTraits.itemwise
            let calls: StreamTests.Counter
            func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
                calls.add(input.count)
                return NodeOutput(input[0])
            }
        }
        let pipeline = try Pipeline(
            sources: source,
            nodes: [
                .init("parse", reads: ["in"], Counting(calls: calls)), .init("a", reads: ["parse"], SumBody(1)),
                .init("b", reads: ["parse"], SumBody(1)), .init("sum", reads: ["a", "b", "parse"], SumBody(3)),
            ])
        var options = RunOptions.naive
        options.transfer = .columnar
        for schedule in Schedule.allCases {
            options.schedule = schedule
            let before = calls.value
            let result = try await PipelineRun(pipeline, options: options).process(batch([1, 2, 1]))
            #expect(result.columns["sum"] == .number(NumberColumn([3, 6, 3])))
            #expect(calls.value - before == 9, "three ways for each of three items")
            options.memoBytes = 1 << 20
            _ = try await PipelineRun(pipeline, options: options).process(batch([1, 2, 1]))
            #expect(calls.value - before == 11, "once for each of two values")
            options.memoBytes = nil
        }
        let before = calls.value
        _ = try await PipelineRun(pipeline).process(batch([1, 2, 1]))
        #expect(calls.value - before == 3)
    }

    @Test(arguments: Schedule.allCases) func coalescedItemsMeet(_ schedule: Schedule) async throws {
        let model = DoublingModel()
        var options = RunOptions(schedule, .coalesced)
        options.memoBytes = nil
        options.coalescedWait = .seconds(5)
        options.coalescedValues = 50
        let run = PipelineRun(try meeting(model.reference()), options: options)
        let numbers = (0..<100).map { Double($0 % 10) }
        let result = try await run.process(batch(numbers))
        #expect(result.columns["sum"] == .number(NumberColumn(numbers.map { 6 * $0 + 5 })))
        #expect(model.calls.count == 6, "300 values, 50 at a time")
        #expect(model.calls.allSatisfy { $0 <= 50 })
        #expect(model.calls.reduce(0, +) < 150, "each once a batch")
        let table = try #require(run.table)
        let row = try #require(table.rows.first { $0.name == "x" })
        #expect(row.valuesAsked == 100 && row.waiting > .zero && row.inModel > .zero)
    }

    @Test(arguments: Evaluation.allCases) func whatAModelRefusesIsSetAsideWhereverItWasAsked(
        _ evaluation: Evaluation
    ) async throws {
        var options = RunOptions(.parallel, evaluation)
        let pipeline = try meeting(DoublingModel(refused: 2).reference())
        let result = try await PipelineRun(pipeline, name: "r", options: options).process(batch([1, 2, 3]))
        #expect(
            result.rejections.map(\.description) == [
                "run 'r', node 'z', item 0: no model of it", "run 'r', node 'x', item 1: no model of it",
            ])
        guard case .number(let sums)? = result.columns["sum"]?.content else { preconditionFailure("numbers") }
        #expect(sums.value(2) == 23.0)
        options.errors = .fail
        let failure = await #expect(throws: NodeFailure.self) {
            try await PipelineRun(pipeline, name: "r", options: options).process(batch([5, 7, 2]))
        }
        #expect(failure?.item == 2)
        #expect(failure?.description.contains("run 'r', node") == true)
        #expect((failure?.underlying as? ItemError)?.reason == "no model of it")
    }

    private final class Calls: NodeHook {
        private let log = Mutex<[NodeCall]>([])
        var all: [NodeCall] { log.withLock(\.self) }
        func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
            log.withLock { $0.append(call) }
            return try await body()
        }
    }

    @Test func whoSharesACallIsNamed() async throws {
        let calls = Calls()
        let pipeline = try meeting(DoublingModel().reference())
        let run = PipelineRun(pipeline, options: RunOptions(.sequential), hook: calls)
        _ = try await run.process(batch([1, 2]))
        _ = try await run.process(batch([3, 2]))
        let shared = calls.all.filter { $0.model != nil }
        #expect(shared.map(\.name) == ["shared(x,y,z)", "shared(x,y,z)"])
        #expect(shared.allSatisfy { $0.model == "doubling" })
        #expect(shared[0].steps.map { pipeline.plan.steps[$0].name } == ["x", "y", "z"])
        #expect(calls.all.filter { $0.model == nil }.map(\.name) == ["same", "next", "sum", "same", "next", "sum"])
    }

    @Test func aFailedLoadEndsTheRunAndIsTriedAgain() async throws {
        struct NotThere: Error {}
        let attempts = StreamTests.Counter()
        let model = ModelReference("m", input: .number, output: .number) {
            attempts.add()
            if attempts.value == 1 { throw NotThere() }
            return DoublingModel()
        }
        let log = EventLog()
        let run = PipelineRun(try meeting(model), name: "r", observers: [log])
        let failure = await #expect(throws: NodeFailure.self) { try await run.process(batch([1])) }
        #expect(failure?.underlying is NotThere)
        #expect(log.lines.contains("m not loaded: NotThere()"))
        _ = try await run.process(batch([1]))
        #expect(log.lines.contains("m loaded"))
    }

    /// The documents that came whole before somebody pressed Ctrl-C: their batch may be the first that wants the model.
    @Test(arguments: Evaluation.allCases) func cancelledTasksLoadTheirModel(_ evaluation: Evaluation) async throws {
        let pipeline = try meeting(DoublingModel().reference())
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            let run = PipelineRun(pipeline, options: RunOptions(.parallel, evaluation))
            return try await run.process(batch([1]), checksCancellation: false).columns["sum"]
        }
        #expect(try await task.value == .number(NumberColumn([11])))
    }

    // MARK: The memo itself

    private func column(_ numbers: Double...) -> Column { .number(NumberColumn(numbers)) }

    @Test func aCollisionCostsAnEvaluationAndNoWrongValue() {
        let memo = NodeMemo(maximumBytes: 10_000)
        let other = memo.find([column(2)], items: [0])
        // As if 1 had the hash of 2.
        memo.store([column(1)], items: [0], other.hashes, NodeOutput(column(10)))
        #expect(memo.find([column(2)], items: [0]).missing == [0])
        #expect(memo.find([column(1)], items: [0]).missing == [0], "it lies where 2 would")
    }

    @Test func theMemoIsBounded() {
        let memo = NodeMemo(maximumBytes: 20_000)
        for number in 0..<1_000 {
            let value = column(Double(number))
            let found = memo.find([value], items: [0])
            #expect(found.missing == [0])
            memo.store([value], items: [0], found.hashes, NodeOutput(value))
        }
        let remembered = (0..<1_000).filter { memo.find([column(Double($0))], items: [0]).missing.isEmpty }
        #expect(remembered.count > 100 && remembered.count < 400)
        #expect(remembered.last == 999 && remembered == Array((1_000 - remembered.count)..<1_000), "the last ones")
    }
}
