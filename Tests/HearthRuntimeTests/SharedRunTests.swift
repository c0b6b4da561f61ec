import HearthGraph
import HearthRuntime
import Synchronization
import Testing

/// Several streams and callers of one run, and bodies that use the run in which they are.
@Suite struct SharedRunTests {
    /// Takes batches in order; throws for one.
    private struct Sink: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let traits = NodeTraits.ordered
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { NodeOutput(input[0]) }
    }

    /// Throws for batches that begin with -1; those with 1 wait at a gate.
    private struct Gate: AsyncNodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let gate: AsyncStream<Void>

        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let column = input[0]
            let first = try input.numbers().value(0)
            if first == -1 { throw ThrowingBody.Broken() }
            if first == 1 { for await _ in gate { break } }
            return NodeOutput(column)
        }
    }

    private func stream(_ values: [Double]) -> AsyncStream<Batch> {
        AsyncStream { continuation in
            for value in values { continuation.yield(batch([value])) }
            continuation.finish()
        }
    }

    @Test(.timeLimit(.minutes(5))) func aStreamThatFailsIsNobodyElsesFailure() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [.init("gate", reads: ["in"], Gate(gate: gate)), .init("store", reads: ["gate"], Sink())])
        let log = EventLog()
        let run = PipelineRun(pipeline, observers: [log])
        // Number 0 stands at the gate, and whoever comes later before the store.
        let first = Task { try await run.process(batch([1])) }
        while !log.lines.contains("gate 0") { await Task.yield() }
        let failing = Task { try await run.process(stream([-1, 5]), each: { _ in }) }
        while !log.lines.contains(where: { $0.hasPrefix("batch 1 failed") }) { await Task.yield() }
        let alone = Task { try await run.process(batch([6])) }
        let other = Task {
            let given = Mutex<[Int]>([])
            try await run.process(stream([7, 8])) { result in given.withLock { $0.append(result.count) } }
            return given.withLock(\.self)
        }
        await #expect(throws: NodeFailure.self) { try await failing.value }
        open.yield()
        #expect(try await first.value.batch == 0)
        #expect(try await alone.value.count == 1)
        #expect(try await other.value == [1, 1])
    }

    /// Puts each batch through a run before it gives it on.
    private struct Inner: AsyncNodeBody {
        final class Place: Sendable {
            let run = Mutex<PipelineRun?>(nil)
        }

        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let place: Place

        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let column = input[0]
            let depth = try input.numbers().value(0)
            if depth > 0, let run = place.run.withLock(\.self) { _ = try await run.process(batch([depth - 1])) }
            return NodeOutput(column)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [true, false])
    func aBatchThatWouldWaitForItselfIsRefused(isOrderedFirst: Bool) async throws {
        let place = Inner.Place()
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: isOrderedFirst
                ? [.init("store", reads: ["in"], Sink()), .init("inner", reads: ["store"], Inner(place: place))]
                : [.init("inner", reads: ["in"], Inner(place: place)), .init("store", reads: ["inner"], Sink())])
        let run = PipelineRun(pipeline)
        place.run.withLock { $0 = run }
        if isOrderedFirst {
            #expect(try await run.process(batch([2])).count == 1)
        } else {
            let failure = await #expect(throws: NodeFailure.self) { try await run.process(batch([2])) }
            #expect(failure?.underlying as? RuntimeError == .waitsForItself(batch: 0, node: "store"))
        }
        place.run.withLock { $0 = nil }
        #expect(try await run.process(batch([0])).count == 1)
    }

    @Test func failuresOfARunWithinARunNameBoth() async throws {
        let place = Inner.Place()
        let inner = try Pipeline(sources: [.init("in", .number)], nodes: [.init("bad", reads: ["in"], ThrowingBody())])
        let outer = try Pipeline(
            sources: [.init("in", .number)], nodes: [.init("caller", reads: ["in"], Inner(place: place))])
        place.run.withLock { $0 = PipelineRun(inner, name: "inner") }
        let failure = await #expect(throws: NodeFailure.self) {
            try await PipelineRun(outer, name: "outer").process(batch([1]))
        }
        let inside = "run 'inner', node 'bad', batch 0: Broken()"
        #expect(failure?.description == "run 'outer', node 'caller', batch 0: \(inside)")
        place.run.withLock { $0 = nil }
    }
}
