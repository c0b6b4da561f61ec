import HearthGraph
import HearthRuntime
import Synchronization
import Testing

@Suite struct StreamTests {
    private let source = [Graph.Source("in", .number)]

    /// Batches that are made when they are asked for, and how many that were.
    private struct Numbers: AsyncSequence {
        let batches: Int
        let items: Int
        let asked: Counter

        struct Iterator: AsyncIteratorProtocol {
            let numbers: Numbers
            var next = 0

            mutating func next() async -> Batch? {
                guard next < numbers.batches else { return nil }
                next += 1
                numbers.asked.add()
                let first = (next - 1) * numbers.items
                return batch((first..<first + numbers.items).map { Double($0) })
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator(numbers: self) }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        func add(_ by: Int = 1) { count.withLock { $0 += by } }
        var value: Int { count.withLock(\.self) }
    }

    /// Waits until it is told to go on, and keeps how many were in it at once.
    private final class Gate: AsyncNodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        private let state = Mutex((waiting: [CheckedContinuation<Void, Never>](), isOpen: false, inside: 0))

        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let column = input[0]
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.inside += 1
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            return NodeOutput(column)
        }

        var inside: Int { state.withLock(\.inside) }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            // The last first: order must not hang on who is ready first.
            for continuation in waiting.reversed() { continuation.resume() }
        }
    }

    @Test func resultsComeInOrderAndNoMoreIsAskedForThanThereIsRoom() async throws {
        let (gate, asked) = (Gate(), Counter())
        let pipeline = try Pipeline(sources: source, nodes: [.init("gate", reads: ["in"], gate)])
        var options = RunOptions()
        options.batchesInFlight = 3
        let run = PipelineRun(pipeline, options: options)
        let task = Task {
            var seen: [Int] = []
            try await run.process(Numbers(batches: 10, items: 2, asked: asked)) { result in
                let first = Double(2 * result.batch)
                #expect(result.columns["gate"] == .number(NumberColumn([first, first + 1])))
                seen.append(result.batch)
            }
            return seen
        }
        while gate.inside < 3 { await Task.yield() }
        for _ in 0..<100 { await Task.yield() }
        #expect(asked.value == 3, "who brings batches waits")
        gate.open()
        #expect(try await task.value == Array(0..<10))
        #expect(asked.value == 10)
    }

    /// Four columns of a batch are there at once; two batches of a tenth of the bound would do, the stream is seventy times it.
    @Test(arguments: Schedule.allCases, Transfer.allCases)
    func memoryStaysWithinItsBound(_ schedule: Schedule, _ transfer: Transfer) async throws {
        let pipeline = try Pipeline(
            sources: source,
            nodes: [
                .init("a", reads: ["in"], SumBody(1)), .init("b", reads: ["a"], SumBody(1)),
                .init("c", reads: ["a", "b"], SumBody(2)), .init("d", reads: ["in", "c"], SumBody(2)),
            ])
        var options = RunOptions(schedule)
        options.transfer = transfer
        options.bytesInFlight = 20_000
        options.batchesInFlight = 4
        let run = PipelineRun(pipeline, options: options)
        var (items, batches, sum) = (0, 0, 0.0)
        try await run.process(Numbers(batches: 30, items: 6_000, asked: Counter())) { result in
            guard case .number(let numbers)? = result.columns["d"]?.content else { return }
            items += result.count
            batches += 1
            for item in 0..<numbers.count { sum += numbers.value(item) }
        }
        #expect(items == 180_000)
        #expect(batches > 200, "batches larger than the bound are cut")
        let expected = 1.5 * 180_000 * 179_999
        #expect(sum == expected)
        let peak = try #require(run.table).peakBytes
        #expect(peak <= 20_000 && peak > 2_000)
    }

    @Test func cancellationStopsBeforeTheNextBatch() async throws {
        let asked = Counter()
        let pipeline = try Pipeline(sources: source, nodes: [.init("a", reads: ["in"], SumBody(1))])
        let task = Task {
            let run = PipelineRun(pipeline)
            var seen = 0
            do {
                try await run.process(Numbers(batches: 1_000, items: 1, asked: asked)) { _ in
                    seen += 1
                    if seen == 5 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                }
            } catch is CancellationError {
                return seen
            }
            return -1
        }
        let seen = try await task.value
        #expect(seen == asked.value && seen >= 5 && seen < 10, "what began is done, and no more begins")
    }

    @Test func aFailureEndsTheStream() async throws {
        let pipeline = try Pipeline(sources: source, nodes: [.init("bad", reads: ["in"], ThrowingBody())])
        let failure = await #expect(throws: NodeFailure.self) {
            try await PipelineRun(pipeline).process(Numbers(batches: 10, items: 1, asked: Counter())) { _ in }
        }
        #expect(failure?.node == "bad")
    }

    /// A store, say, that must see its batches in their order.
    private struct Ordered: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let traits = NodeTraits.ordered
        let seen: Seen
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            seen.add(input.batch)
            return NodeOutput(input[0])
        }
    }

    private final class Seen: Sendable {
        private let batches = Mutex<[Int]>([])
        func add(_ batch: Int) { batches.withLock { $0.append(batch) } }
        var all: [Int] { batches.withLock(\.self) }
    }

    /// Takes longer for early batches.
    private struct Uneven: AsyncNodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let (column, batch) = (input[0], input.batch)
            for _ in 0..<(batch % 3 == 0 ? 200 : 1) { await Task.yield() }
            if batch == 7 { throw ThrowingBody.Broken() }
            return NodeOutput(column)
        }
    }

    @Test func whatIsOrderedSeesBatchesInTheirOrder() async throws {
        let seen = Seen()
        let pipeline = try Pipeline(
            sources: source,
            nodes: [.init("uneven", reads: ["in"], Uneven()), .init("store", reads: ["uneven"], Ordered(seen: seen))])
        var options = RunOptions()
        options.batchesInFlight = 4
        let run = PipelineRun(pipeline, options: options)
        await #expect(throws: NodeFailure.self) {
            try await run.process(Numbers(batches: 40, items: 1, asked: Counter())) { _ in }
        }
        #expect(
            seen.all == [0, 1, 2, 3, 4, 5, 6], "none behind the gap, and nobody waits for ever for the one that failed")
        let result = try await run.process(batch([5]))
        #expect(seen.all.last == result.batch, "whoever goes on, goes on")
    }
}
