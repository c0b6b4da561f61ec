import HearthGraph
import HearthRandom
import HearthRuntime
import Testing

/// Random graphs of which some nodes are slow, some refuse items, and some throw.
@Suite struct FaultTests {
    private enum Fault: Equatable {
        case none, slow, throwing
        /// Refuses items of which the source has this value.
        case refusing(Double)
    }

    /// Adds up what it reads, when it does what it should. The last input is the source, by which it knows the item.
    private struct Body: AsyncNodeBody {
        let inputs: [ColumnType]
        let output = ColumnType.number
        let traits = NodeTraits.itemwise
        let fault: Fault

        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let columns = try (0..<input.columnCount).map { try input.numbers($0) }
            let count = input.count
            if fault == .throwing { throw ThrowingBody.Broken() }
            if fault == .slow { for _ in 0..<50 { await Task.yield() } }
            var rejections: [ItemError] = []
            if case .refusing(let value) = fault {
                for item in 0..<count where columns.last?.value(item) == value {
                    rejections.append(ItemError(item: item, reason: "not \(value)"))
                }
            }
            let sums = (0..<count).map { item in columns.reduce(1.0) { $0 + $1.value(item) } }
            return NodeOutput(.number(NumberColumn(sums)), rejections: rejections)
        }
    }

    private struct Made {
        var pipeline: Pipeline
        var inputs: [[Int]]
        var faults: [Fault]
    }

    private func make(_ seed: Int, throwing: Bool) throws -> Made {
        var random = SeededGenerator(seed: UInt64(seed))
        let inputs = (0..<2 + random.below(10)).map { node in
            (0..<random.below(3)).map { _ in random.below(node + 1) - 1 } + [-1]
        }
        var faults = inputs.map { _ -> Fault in
            switch random.below(6) {
            case 0: .slow
            case 1: .refusing(Double(random.below(4)))
            default: .none
            }
        }
        if throwing { faults[random.below(faults.count)] = .throwing }
        func name(_ node: Int) -> String { node < 0 ? "in" : "n\(node)" }
        let nodes = inputs.enumerated().map { node, reads in
            Pipeline.Node(
                name(node), reads: reads.map(name),
                Body(inputs: Array(repeating: .number, count: reads.count), fault: faults[node]))
        }
        return Made(
            pipeline: try Pipeline(
                sources: [.init("in", .number)], nodes: nodes, keeping: Set(inputs.indices.map(name))),
            inputs: inputs, faults: faults)
    }

    private static var options: [RunOptions] {
        Evaluation.allCases.flatMap { evaluation in Schedule.allCases.map { RunOptions($0, evaluation) } }
    }

    /// Whether a node of an item has a value, asked of the graph itself.
    private func isRefused(_ node: Int, _ source: Double, _ made: Made) -> Bool {
        guard node >= 0 else { return false }
        return made.faults[node] == .refusing(source) || made.inputs[node].contains { isRefused($0, source, made) }
    }

    @Test(arguments: 0..<20) func whatIsRefusedIsSetAsideAndTheRestHasItsValues(_ seed: Int) async throws {
        let made = try make(seed, throwing: false)
        let source = [0.0, 1, 2, 3, 1, 5]
        var values: [Int: [Double?]] = [:]
        for options in Self.options {
            let result = try await PipelineRun(made.pipeline, options: options).process(batch(source))
            let expected = source.indices.filter { item in
                made.inputs.indices.contains { isRefused($0, source[item], made) }
            }
            #expect(result.rejections.map(\.item) == expected, "\(options)")
            for rejection in result.rejections {
                let node = Int(rejection.node.dropFirst()) ?? -1
                #expect(made.faults[node] == .refusing(source[rejection.item]))
            }
            for node in made.inputs.indices {
                guard case .number(let column)? = result.columns["n\(node)"]?.content else { continue }
                let sums = source.indices.map { isRefused(node, source[$0], made) ? nil : column[$0] }
                if let known = values[node] { #expect(sums == known, "\(options) n\(node)") }
                values[node] = sums
            }
        }
    }

    @Test(arguments: 0..<20) func whatThrowsEndsTheRunAndIsNamed(_ seed: Int) async throws {
        let made = try make(seed, throwing: true)
        for options in Self.options {
            let log = EventLog()
            let run = PipelineRun(made.pipeline, options: options, observers: [log])
            let failure = await #expect(throws: NodeFailure.self) { try await run.process(batch([1, 2, 3])) }
            let node = failure.flatMap { Int($0.node.dropFirst()) } ?? 0
            #expect(made.faults[node] == .throwing)
            #expect(failure?.underlying is ThrowingBody.Broken)
            #expect(!log.lines.contains { $0.hasPrefix("batch 0 of 3 done") })
        }
    }

    private struct Batches: AsyncSequence {
        struct Iterator: AsyncIteratorProtocol {
            var left = 200
            mutating func next() async -> Batch? {
                left -= 1
                return left < 0 ? nil : batch([1, 4, 5])
            }
        }
        func makeAsyncIterator() -> Iterator { Iterator() }
    }

    @Test(arguments: 0..<6) func cancelledAtAnyTimeEveryBatchThatBeganIsDone(_ seed: Int) async throws {
        let made = try make(seed, throwing: false)
        for options in Self.options {
            let log = EventLog()
            let run = PipelineRun(made.pipeline, options: options, observers: [log])
            let given = StreamTests.Counter()
            let task = Task { try await run.process(Batches()) { _ in given.add() } }
            for _ in 0..<seed * 40 { await Task.yield() }
            task.cancel()
            let result = await task.result
            let lines = log.lines
            let began = lines.count { $0.hasPrefix("batch ") && !$0.contains("done") }
            #expect(lines.count { $0.hasPrefix("batch ") && $0.contains("done") } == began)
            #expect(given.value == began)
            switch result {
            case .success: #expect(began == 200)
            case .failure(let error): #expect(error is CancellationError)
            }
        }
    }
}
