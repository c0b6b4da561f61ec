import HearthGraph
import HearthRuntime
import Synchronization
import Testing

/// What a reader found who tried to break the runtime.
@Suite struct OddUseTests {
    private static let bare: RunOptions = {
        var options = RunOptions()
        options.keepsTable = false
        return options
    }()

    /// Keeps the order of its batches.
    private final class Sink: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let traits = NodeTraits.ordered
        let seen = Mutex<[Double]>([])

        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            let first = try input.numbers().value(0)
            seen.withLock { $0.append(first) }
            return NodeOutput(input[0])
        }
    }

    /// Waits a while for some batches, and throws for others.
    private struct Uneven: AsyncNodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        var slow: Double?
        var failing: Double?

        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let column = input[0]
            let first = try input.numbers().value(0)
            if first == slow { try await Task.sleep(for: .milliseconds(60)) }
            if first == failing { throw ThrowingBody.Broken() }
            return NodeOutput(column)
        }
    }

    private func batches(_ count: Int) -> AsyncStream<Batch> {
        AsyncStream { continuation in
            for number in 0..<count { continuation.yield(batch([Double(number)])) }
            continuation.finish()
        }
    }

    @Test(arguments: [true, false]) func orderedBodiesHaveTheirOrderWhoeverLooks(keepsTable: Bool) async throws {
        let sink = Sink()
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [.init("wait", reads: ["in"], Uneven(slow: 0)), .init("store", reads: ["wait"], sink)])
        var options = RunOptions()
        options.keepsTable = keepsTable
        options.batchesInFlight = 4
        try await PipelineRun(pipeline, options: options).process(batches(4)) { _ in }
        #expect(sink.seen.withLock(\.self) == [0, 1, 2, 3])
    }

    @Test(arguments: [true, false]) func whatComesBeforeAFailureIsGiven(keepsTable: Bool) async throws {
        let sink = Sink()
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [
                .init("wait", reads: ["in"], Uneven(slow: 0, failing: 1)), .init("store", reads: ["wait"], sink),
            ])
        var options = RunOptions()
        options.keepsTable = keepsTable
        options.batchesInFlight = 4
        var given: [Int] = []
        await #expect(throws: NodeFailure.self) {
            try await PipelineRun(pipeline, options: options).process(batches(4)) { given.append($0.batch) }
        }
        // The failure came while the first was still waiting: it is done all the same, and nothing behind the gap is.
        #expect(given == [0])
        #expect(sink.seen.withLock(\.self) == [0])
    }

    @Test(.timeLimit(.minutes(15))) func aResultDoesNotWaitForTheNextBatch() async throws {
        let pipeline = try Pipeline(sources: [.init("in", .number)], nodes: [.init("sum", reads: ["in"], SumBody(1))])
        let (stream, continuation) = AsyncStream<Batch>.makeStream()
        continuation.yield(batch([0]))
        var given = 0
        // Who brings batches waits for the result of one before the next.
        try await PipelineRun(pipeline).process(stream) { result in
            given += 1
            if result.batch < 3 { continuation.yield(batch([Double(given)])) } else { continuation.finish() }
        }
        #expect(given == 4)
    }

    /// A record with a field for every item: other shapes in other batches.
    private struct Shapes: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.record
        let traits = NodeTraits.costly

        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            let numbers = try input.numbers()
            var columns = ["x": Column.number(numbers)]
            var rejections: [ItemError] = []
            for item in 0..<numbers.count {
                if numbers[item] == 2 { columns["y"] = .number(numbers) }
                if numbers[item] == -1 { rejections.append(ItemError(item: item, reason: "minus one")) }
            }
            return NodeOutput(
                .record(RecordColumn(count: numbers.count, columns: columns)), rejections: rejections)
        }
    }

    private struct Field: NodeBody {
        let inputs: [ColumnType] = [.record]
        let output = ColumnType.number
        let traits = NodeTraits.itemwise
        let name: String

        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            let record = try input.record()
            guard let column = record[name] else { throw ThrowingBody.Broken() }
            return NodeOutput(column)
        }
    }

    @Test func recordsOfOtherShapesAreNotTakenForOneAnother() async throws {
        let pipeline = try Pipeline(
            sources: [.init("in", .number)], nodes: [.init("shapes", reads: ["in"], Shapes())])
        let run = PipelineRun(pipeline)
        for (value, fields) in [(1.0, ["x"]), (2, ["x", "y"]), (2, ["x", "y"]), (1, ["x"])] {
            guard case .record(let record)? = try await run.process(batch([value])).columns["shapes"]?.content else {
                Issue.record("no record")
                return
            }
            #expect(record.names == fields)
        }
    }

    @Test(arguments: [Evaluation.perItem, .coalesced, .batched])
    func aRecordWhoseItemsAreAllSetAsideHasItsFields(evaluation: Evaluation) async throws {
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [
                .init("shapes", reads: ["in"], Shapes()), .init("x", reads: ["shapes"], Field(name: "x")),
                .init("sum", reads: ["x"], SumBody(1)), .init("whole", reads: ["shapes"], Whole()),
            ])
        for values in [[-1.0, -1], []] {
            var options = RunOptions()
            options.evaluation = evaluation
            let result = try await PipelineRun(pipeline, options: options).process(batch(values))
            #expect(result.count == values.count && result.rejections.count == values.count)
        }
    }

    /// Takes whole batches, and wants the field.
    private struct Whole: NodeBody {
        let inputs: [ColumnType] = [.record]
        let output = ColumnType.number
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            guard let column = try input.record()["x"] else { throw ThrowingBody.Broken() }
            return NodeOutput(column)
        }
    }

    @Test func whatIsNotWholeIsAnErrorAndNoTrap() async throws {
        let pipeline = try Pipeline(sources: [.init("in", .number)], nodes: [.init("sum", reads: ["in"], SumBody(1))])
        var options = RunOptions()
        options.bytesInFlight = 64
        let many = Column.number(NumberColumn((0..<1_000).map { Double($0) }))
        for bad in [
            Batch(columns: ["in": many], count: 2_000),
            Batch(columns: ["in": many], count: 1_000, rejections: [ItemError(item: 5_000, reason: "far")]),
            Batch(columns: ["in": many], count: -1, rejections: [ItemError(item: 0, reason: "none")]),
        ] {
            let stream = AsyncStream<Batch> { continuation in
                continuation.yield(bad)
                continuation.finish()
            }
            await #expect(throws: RuntimeError.self) {
                try await PipelineRun(pipeline, options: options).process(stream) { _ in }
            }
            await #expect(throws: RuntimeError.self) { try await PipelineRun(pipeline).process(bad) }
        }
        #expect(ColumnType("vector(-5)") == nil && ColumnType("vector(+5)") == nil)
        #expect(ColumnType("vector(5)") == .vector(dimension: 5))
        options.coalescedWait = .seconds(-1)
        options.evaluation = .coalesced
        _ = try await PipelineRun(pipeline, options: options).process(batch([1]))
    }

    @Test func whatSourcesSetAsideIsToldThoughNobodyReadsThem() async throws {
        let pipeline = try Pipeline(sources: [.init("in", .number)], nodes: [])
        let result = try await PipelineRun(pipeline, options: Self.bare).process(
            batch([1, 2], rejections: [ItemError(item: 1, reason: "bad")]))
        #expect(result.rejections.map(\.item) == [1])
    }
}
