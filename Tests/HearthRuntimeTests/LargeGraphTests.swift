import HearthGraph
import HearthRuntime
import Synchronization
import Testing

/// Graphs of more units than are given tasks unseen.
@Suite struct LargeGraphTests {
    /// Waits as often as it is told, and counts how many do so at once.
    private struct Waiting: AsyncNodeBody {
        final class Meter: Sendable {
            private let state = Mutex((now: 0, most: 0, yields: 0))
            var most: Int { state.withLock(\.most) }
            var yields: Int { state.withLock(\.yields) }

            func wait(_ yields: Int) { state.withLock { $0.yields = yields } }

            func enter() {
                state.withLock {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
            }

            func leave() { state.withLock { $0.now -= 1 } }
            func reset() { state.withLock { $0.most = 0 } }
        }

        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let meter: Meter

        func evaluate(_ input: borrowing NodeInput) async throws -> NodeOutput {
            let column = input[0]
            meter.enter()
            defer { meter.leave() }
            if meter.yields > 0 { try await Task.sleep(for: .milliseconds(meter.yields)) }
            return NodeOutput(column)
        }
    }

    private func fan(_ meter: Waiting.Meter) throws -> Pipeline {
        try Pipeline(
            sources: [.init("in", .number)],
            nodes: (0..<400).map { .init("n\($0)", reads: ["in"], Waiting(meter: meter)) })
    }

    /// The first of them show that they are dear; the others do not wait for each other then.
    @Test func aFirstBatchThatWaitsRunsAtOnce() async throws {
        let meter = Waiting.Meter()
        meter.wait(2)
        let run = PipelineRun(try fan(meter))
        let result = try await run.process(batch([1]))
        #expect(result.columns.count == 400 && result.columns.values.allSatisfy { $0.count == 1 })
        #expect(meter.most > 100)
    }

    /// Nodes that were cheap and are so no more.
    @Test func costsThatChangeAreSeen() async throws {
        let meter = Waiting.Meter()
        let run = PipelineRun(try fan(meter))
        for _ in 0..<20 { _ = try await run.process(batch([1])) }
        meter.wait(1)
        meter.reset()
        for _ in 0..<10 where meter.most < 100 { _ = try await run.process(batch([1])) }
        #expect(meter.most > 100)
    }
}
