import HearthCoalescer
import Testing

@Suite(.timeLimit(.minutes(2))) struct BatchTests {
    private let clock = ManualClock()
    private let log = EvaluationLog<Int>()

    private func doubling(_ maximumBatch: Int, wait: Duration, concurrent: Int = 1) -> Coalescer<Int, Int> {
        Coalescer(maximumBatch: maximumBatch, maximumWait: wait, concurrentBatches: concurrent, clock: clock) { [log] in
            log.record($0)
            return $0.map { $0 * 2 }
        }
    }

    /// Callers that arrive one after the other, in the order of the items.
    private func callers(
        _ items: some Sequence<Int>, of coalescer: Coalescer<Int, Int>
    ) async -> [Task<Int, any Error>] {
        var tasks: [Task<Int, any Error>] = []
        for item in items {
            let arrived = coalescer.statistics.arrived
            tasks.append(Task { try await coalescer.evaluate(item) })
            await reached { coalescer.statistics.arrived > arrived }
        }
        return tasks
    }

    @Test func aFullBatchGoesOutAtOnceInTheOrderOfArrival() async throws {
        let coalescer = doubling(4, wait: .seconds(1))
        let tasks = await callers([5, 3, 9, 1], of: coalescer)
        for (task, item) in zip(tasks, [5, 3, 9, 1]) { #expect(try await task.value == item * 2) }
        #expect(log.batches == [[5, 3, 9, 1]])
        #expect(clock.now.offset == .zero)
    }

    @Test func aBatchThatIsNotFullGoesOutWhenItsFirstItemHasWaited() async throws {
        let coalescer = doubling(4, wait: .milliseconds(2))
        var tasks = await callers([1], of: coalescer)
        clock.advance(by: .milliseconds(1))
        tasks += await callers([2, 3], of: coalescer)
        await reached { clock.sleepers == 1 }
        clock.advance(by: .microseconds(999))
        await othersRan()
        #expect(log.batches.isEmpty)
        clock.advance(by: .microseconds(1))
        #expect(try await tasks[0].value == 2)
        #expect(try await tasks[2].value == 6)
        #expect(log.batches == [[1, 2, 3]])
        let statistics = coalescer.statistics
        #expect((statistics.batches, statistics.items, statistics.largestBatch) == (1, 3, 3))
        #expect(statistics.longestWait == .milliseconds(2))
        #expect(statistics.waited == .milliseconds(4))
        #expect(statistics.meanBatch == 3)
    }

    @Test func aTimerServesTheNextBatchWhenItsOwnWasFull() async throws {
        let coalescer = doubling(2, wait: .milliseconds(10))
        var tasks = await callers([1, 2], of: coalescer)
        _ = try await tasks[1].value
        await reached { clock.sleepers == 1 }
        clock.advance(by: .milliseconds(4))
        tasks += await callers([3], of: coalescer)
        await othersRan()
        #expect(clock.sleeps == 1)
        // The first batch's time: nothing is due, and the timer sleeps again until the second's.
        clock.advance(by: .milliseconds(6))
        await reached { clock.sleeps == 2 && clock.sleepers == 1 }
        #expect(log.batches == [[1, 2]])
        clock.advance(by: .milliseconds(4))
        #expect(try await tasks[2].value == 6)
        #expect(coalescer.statistics.longestWait == .milliseconds(10))
        #expect(clock.sleepers == 0)
    }

    @Test func thereIsNoTimerAtRest() async throws {
        let coalescer = doubling(2, wait: .milliseconds(10))
        #expect(clock.sleeps == 0)
        for task in await callers([1, 2], of: coalescer) { _ = try await task.value }
        await reached { clock.sleepers == 1 }
        clock.advance(by: .milliseconds(10))
        await othersRan()
        #expect(clock.sleepers == 0)
        #expect(clock.sleeps == 1)
    }

    @Test func aTimerEndsWithItsCoalescer() async throws {
        weak var coalescer: Coalescer<Int, Int>?
        do {
            let strong = doubling(2, wait: .seconds(100))
            coalescer = strong
            for task in await callers([1, 2], of: strong) { _ = try await task.value }
            await reached { clock.sleepers == 1 }
        }
        // The task that evaluated the batch may hold it for a moment longer.
        await reached { coalescer == nil && clock.sleepers == 0 }
    }

    @Test func moreThanABatchGoesOutInSeveral() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int>(maximumBatch: 3, maximumWait: .seconds(1), clock: clock) { [log] in
            log.record($0)
            await gate.pass()
            return $0.map { $0 * 2 }
        }
        var tasks = await callers(0..<3, of: coalescer)
        await reached { gate.entered == 1 }
        tasks += await callers(3..<11, of: coalescer)
        #expect(coalescer.statistics.running == 1)
        #expect(coalescer.statistics.waiting == 8)
        gate.open()
        await reached { log.batches.count == 3 }
        // Two are left over, and wait for a third or for their time.
        await othersRan()
        #expect(coalescer.statistics.waiting == 2)
        clock.advance(by: .seconds(1))
        for (item, task) in tasks.enumerated() { #expect(try await task.value == item * 2) }
        #expect(log.batches == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10]])
    }

    @Test func aLimitOfBatchesHoldsItemsUntilOneEnds() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int>(
            maximumBatch: 8, maximumWait: .milliseconds(1), concurrentBatches: 2, clock: clock
        ) { [log] in
            log.record($0)
            await gate.pass()
            return $0.map { $0 * 2 }
        }
        var tasks: [Task<Int, any Error>] = []
        for item in 0..<2 {
            tasks += await callers([item], of: coalescer)
            await reached { clock.sleepers == 1 }
            clock.advance(by: .milliseconds(1))
            await reached { gate.entered == item + 1 }
        }
        tasks += await callers(2..<5, of: coalescer)
        await reached { clock.sleepers == 1 }
        clock.advance(by: .milliseconds(5))
        tasks += await callers(5..<7, of: coalescer)
        await othersRan()
        #expect(log.batches == [[0], [1]])
        #expect(coalescer.statistics.running == 2)
        // What is overdue takes along what is not.
        gate.letOneThrough()
        await reached { gate.entered == 3 }
        #expect(log.batches.last == [2, 3, 4, 5, 6])
        gate.open()
        for (item, task) in tasks.enumerated() { #expect(try await task.value == item * 2) }
        #expect(coalescer.statistics.longestWait == .milliseconds(5))
    }

    @Test func withNoWaitABatchHoldsWhatCameDuringTheLast() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int>(maximumBatch: 100, maximumWait: .zero, clock: clock) { [log] in
            log.record($0)
            await gate.pass()
            return $0.map { $0 * 2 }
        }
        var tasks = await callers([0], of: coalescer)
        await reached { gate.entered == 1 }
        tasks += await callers(1..<20, of: coalescer)
        gate.open()
        for (item, task) in tasks.enumerated() { #expect(try await task.value == item * 2) }
        #expect(log.batches == [[0], Array(1..<20)])
        #expect(clock.sleeps == 0)
    }

    @Test func flushSendsOutWhatWaits() async throws {
        let coalescer = doubling(4, wait: .seconds(1))
        coalescer.flush()
        let tasks = await callers([1, 2], of: coalescer)
        await othersRan()
        #expect(log.batches.isEmpty)
        coalescer.flush()
        for task in tasks { _ = try await task.value }
        #expect(log.batches == [[1, 2]])
        // What comes later waits again.
        let later = await callers([3], of: coalescer)
        await othersRan()
        #expect(log.batches.count == 1)
        clock.advance(by: .seconds(1))
        #expect(try await later[0].value == 6)
    }

    @Test func anObserverIsToldOfEachBatch() async throws {
        let observed = EvaluationLog<CoalescedBatch>()
        let coalescer = Coalescer<Int, Int>(
            maximumBatch: 2, maximumWait: .milliseconds(3), clock: clock, observe: { observed.record([$0]) },
            evaluate: { $0 })
        let first = await callers([1, 2, 3], of: coalescer)
        _ = try await first[1].value
        await reached { clock.sleepers == 1 }
        clock.advance(by: .milliseconds(3))
        _ = try await first[2].value
        #expect(observed.batches.flatMap { $0 }.map(\.items) == [2, 1])
        #expect(observed.batches.flatMap { $0 }.map(\.waited) == [.zero, .milliseconds(3)])
    }

    /// Callers on an actor are answered there.
    @MainActor @Test func callersStayOnTheirActor() async throws {
        let coalescer = doubling(1, wait: .zero)
        #expect(try await coalescer.evaluate(2) == 4)
        MainActor.assertIsolated()
    }

    /// The example of Docs/Coalescing.md, and its like with results: which form is meant, the closure says.
    @Test func theClosureSaysWhichFormIsMeant() async throws {
        let model = Model()
        let lengths = Coalescer(maximumBatch: 32, maximumWait: .milliseconds(2)) { (texts: [String]) in
            try await model.embed(texts)
        }
        #expect(try await lengths.evaluate("four") == 4)
        let each = Coalescer(maximumBatch: 1, maximumWait: .zero) { (texts: [String]) in
            texts.map { Result<Int, any Error>.success($0.utf8.count) }
        }
        let length: Int = try await each.evaluate("four")
        #expect(length == 4)
    }

    private struct Model {
        func embed(_ texts: [String]) async throws -> [Int] { texts.map(\.utf8.count) }
    }
}
