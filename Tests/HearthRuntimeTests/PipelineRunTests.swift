import HearthGraph
import HearthRuntime
import Synchronization
import Testing

@Suite struct PipelineRunTests {
    private let source = [Graph.Source("in", .number)]

    private func diamond() throws -> Pipeline {
        try Pipeline(
            sources: source,
            nodes: [
                .init("join", reads: ["left", "right"], SumBody(2)),
                .init("left", reads: ["first"], SumBody(1, factor: 2)),
                .init("right", reads: ["first"], SumBody(1, factor: 3)),
                .init("first", reads: ["in"], SumBody(1, constant: 1)),
            ])
    }

    @Test func runsEachNodeOnceABatchInTheOrderOfThePlan() async throws {
        let log = EventLog()
        let run = PipelineRun(try diamond(), options: RunOptions(.sequential), observers: [log])
        let result = try await run.process(batch([1, 2]))
        #expect(result.columns == ["join": .number(NumberColumn([10, 15]))])
        _ = try await run.process(batch([nil]))
        #expect(
            log.lines == [
                "batch 0 of 2", "first 0", "first 0 done 2 rejected 0", "left 0", "left 0 done 2 rejected 0", "right 0",
                "right 0 done 2 rejected 0", "join 0", "join 0 done 2 rejected 0", "batch 0 of 2 done rejected 0",
                "batch 1 of 1", "first 1", "first 1 done 1 rejected 0", "left 1", "left 1 done 1 rejected 0", "right 1",
                "right 1 done 1 rejected 0", "join 1", "join 1 done 1 rejected 0", "batch 1 of 1 done rejected 0",
            ])
    }

    @Test func aParallelScheduleRunsALevelAtOnce() async throws {
        let place = MeetingBody.Place()
        let pipeline = try Pipeline(
            sources: source,
            nodes: [
                .init("a", reads: ["in"], MeetingBody(place: place)),
                .init("b", reads: ["in"], MeetingBody(place: place)),
                .init("sum", reads: ["a", "b"], SumBody(2)),
            ])
        let log = EventLog()
        let run = PipelineRun(pipeline, options: RunOptions(.parallel), observers: [log])
        let result = try await run.process(batch([4]))
        #expect(result.columns["sum"] == .number(NumberColumn([8])))
        #expect(Set(log.lines.prefix(3)) == ["batch 0 of 1", "a 0", "b 0"])
        #expect(log.lines.suffix(3) == ["sum 0", "sum 0 done 1 rejected 0", "batch 0 of 1 done rejected 0"])
    }

    @Test func theTableCounts() async throws {
        let run = PipelineRun(try diamond(), options: RunOptions(.sequential))
        _ = try await run.process(batch([1, 2, 3]))
        _ = try await run.process(batch([1]))
        let table = try #require(run.table)
        #expect(table.rows.map(\.name) == ["first", "left", "right", "join"])
        #expect(table.rows.map(\.calls) == [2, 2, 2, 2])
        #expect(table.rows.map(\.items) == [4, 4, 4, 4])
        #expect((table.batches, table.items) == (2, 4))
        #expect((table.smallestBatch, table.largestBatch) == (1, 3))
        #expect(abs(table.rows.reduce(0) { $0 + table.share($1) } - 1) < 1e-9)
        #expect(table.rows.reduce(Duration.zero) { $0 + $1.wall } <= table.batchWall)
    }

    @Test(arguments: Schedule.allCases) func aBadItemIsSetAsideAndTheRestGoesOn(_ schedule: Schedule) async throws {
        let pipeline = try Pipeline(
            sources: source,
            nodes: [
                .init("check", reads: ["in"], SumBody(1, refused: 2)),
                .init("other", reads: ["in"], SumBody(1, refused: 3)),
                .init("after", reads: ["check"], RejectionCounter()),
                .init("sum", reads: ["check", "other"], SumBody(2)),
            ])
        let run = PipelineRun(pipeline, name: "r", options: RunOptions(schedule))
        let early = ItemError(item: 3, reason: "too long", byte: 7)
        let result = try await run.process(batch([1, 2, 3, 4], rejections: [early]))
        #expect(
            result.rejections == [
                Rejection(node: "check", run: "r", error: ItemError(item: 1, reason: "is 2.0")),
                Rejection(node: "other", run: "r", error: ItemError(item: 2, reason: "is 3.0")),
                Rejection(node: "source", run: "r", error: early),
            ])
        #expect(result.rejections[0].description == "run 'r', node 'check', item 1: is 2.0")
        // What a node is told hangs on the nodes before it only, not on what happens to run at the same time.
        #expect(result.columns["after"] == .number(NumberColumn([2, 2, 2, 2])))
        #expect(result.columns["sum"] == .number(NumberColumn([2, 4, 6, 8])))
        #expect(run.table?.rows.first { $0.name == "check" }?.rejected == 1)
    }

    /// Gives the number of items that were set aside before it.
    private struct RejectionCounter: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            NodeOutput(.number(NumberColumn(Array(repeating: Double(input.rejections.count), count: input.count))))
        }
    }

    @Test func failuresNameNodeRunAndBatch() async throws {
        let pipeline = try Pipeline(sources: source, nodes: [.init("bad", reads: ["in"], ThrowingBody())])
        let run = PipelineRun(pipeline, name: "nightly")
        let failure = await #expect(throws: NodeFailure.self) { try await run.process(batch([1])) }
        #expect(failure?.node == "bad")
        #expect(failure?.run == "nightly")
        #expect(failure?.batch == 0)
        #expect(failure?.underlying is ThrowingBody.Broken)
    }

    @Test func bodiesAreHeldToTheirPromise() async throws {
        let lies = [
            NodeOutput(.number(NumberColumn([1]))), NodeOutput(.text(BytesColumn(["a", "b"]))),
            NodeOutput(.number(NumberColumn([1, 2])), rejections: [ItemError(item: 2, reason: "")]),
        ]
        for lie in lies {
            let pipeline = try Pipeline(sources: source, nodes: [.init("liar", reads: ["in"], LyingBody(given: lie))])
            let failure = await #expect(throws: NodeFailure.self) {
                try await PipelineRun(pipeline).process(batch([1, 2]))
            }
            #expect(failure?.underlying is RuntimeError)
        }
    }

    @Test func batchesMustFit() async throws {
        let run = PipelineRun(try diamond())
        await #expect(throws: RuntimeError.missingSource("in")) { try await run.process(Batch(columns: [:], count: 0)) }
        await #expect(throws: RuntimeError.self) {
            try await run.process(Batch(columns: ["in": .text(BytesColumn(["a"]))], count: 1))
        }
        await #expect(throws: RuntimeError.self) {
            try await run.process(batch([1], rejections: [ItemError(item: 1, reason: "")]))
        }
        #expect(throws: GraphError.inputCount(node: "a", expected: 2, found: 1)) {
            try Pipeline(sources: source, nodes: [.init("a", reads: ["in"], SumBody(2))])
        }
    }

    @Test func cancellationStopsBeforeTheNextBatch() async throws {
        let log = EventLog()
        let pipeline = try diamond()
        let task = Task {
            let run = PipelineRun(pipeline, observers: [log])
            _ = try await run.process(batch([1]))
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            _ = try await run.process(batch([2]))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(log.lines.last == "batch 0 of 1 done rejected 0")
    }

    @Test(arguments: Schedule.allCases) func aBatchCanBeDoneAllTheSame(_ schedule: Schedule) async throws {
        let pipeline = try diamond()
        let task = Task {
            let run = PipelineRun(pipeline, options: RunOptions(schedule))
            let expected = try await run.process(batch([1, 2])).columns
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await run.process(batch([1, 2]), checksCancellation: false).columns == expected
        }
        #expect(try await task.value)
    }

    @Test(arguments: Schedule.allCases) func theHookStandsAroundEveryBody(_ schedule: Schedule) async throws {
        let hook = CountingHook()
        let run = PipelineRun(try diamond(), name: "r", options: RunOptions(schedule), hook: hook)
        _ = try await run.process(batch([1]))
        _ = try await run.process(batch([1]))
        let calls = hook.calls
        #expect(calls.count == 8)
        #expect(Set(calls.map { "\($0.batch) \($0.level) \($0.name)" }).count == 8)
        #expect(Set(calls.filter { $0.level == 1 }.map(\.name)) == ["left", "right"])
        #expect(calls.allSatisfy { $0.run == "r" && $0.steps.map { run.pipeline.plan.steps[$0].name } == [$0.name] })
    }

    private final class CountingHook: NodeHook {
        private let log = Mutex<[NodeCall]>([])
        var calls: [NodeCall] { log.withLock { $0 } }

        func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
            log.withLock { $0.append(call) }
            return try await body()
        }
    }
}
