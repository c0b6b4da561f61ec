import HearthCoalescer
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
    private let clock = ManualClock()
    private let log = EvaluationLog<Int>()
    private let gate = Gate()

    private func gated(_ maximumBatch: Int, wait: Duration = .seconds(1)) -> Coalescer<Int, Int> {
        Coalescer(maximumBatch: maximumBatch, maximumWait: wait, clock: clock) { [log, gate] in
            log.record($0)
            await gate.pass()
            return $0.map { $0 * 2 }
        }
    }

    private func caller(_ item: Int, of coalescer: Coalescer<Int, Int>) async -> Task<Int, any Error> {
        let arrived = coalescer.statistics.arrived
        let task = Task { try await coalescer.evaluate(item) }
        await reached { coalescer.statistics.arrived > arrived }
        return task
    }

    @Test func aCallerThatIsCancelledAlreadyNeverWaits() async throws {
        let coalescer = gated(1)
        let started = Gate()
        let task = Task {
            await started.pass()
            return try await coalescer.evaluate(1)
        }
        await reached { started.entered == 1 }
        task.cancel()
        started.open()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(coalescer.statistics == CoalescerStatistics())
        #expect(clock.sleeps == 0)
    }

    @Test func anItemThatWaitsIsDropped() async throws {
        let coalescer = gated(3)
        gate.open()
        let first = await caller(1, of: coalescer)
        let second = await caller(2, of: coalescer)
        first.cancel()
        // At once: the clock has not moved.
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(coalescer.statistics.waiting == 1)
        let third = await caller(3, of: coalescer)
        await othersRan()
        #expect(log.batches.isEmpty)
        let fourth = await caller(4, of: coalescer)
        for (task, value) in [(second, 4), (third, 6), (fourth, 8)] { #expect(try await task.value == value) }
        #expect(log.batches == [[2, 3, 4]])
        #expect(coalescer.statistics.cancelled == 1)
    }

    @Test func theItemBehindACancelledOneKeepsItsOwnTime() async throws {
        let coalescer = gated(3, wait: .milliseconds(10))
        gate.open()
        let first = await caller(1, of: coalescer)
        await reached { clock.sleepers == 1 }
        clock.advance(by: .milliseconds(6))
        let second = await caller(2, of: coalescer)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        clock.advance(by: .milliseconds(4))
        await reached { clock.sleeps == 2 && clock.sleepers == 1 }
        #expect(log.batches.isEmpty)
        clock.advance(by: .milliseconds(6))
        #expect(try await second.value == 4)
        #expect(coalescer.statistics.longestWait == .milliseconds(10))
    }

    @Test func allThatWaitMayBeCancelled() async throws {
        let coalescer = gated(3, wait: .milliseconds(10))
        let tasks = [await caller(1, of: coalescer), await caller(2, of: coalescer)]
        await reached { clock.sleepers == 1 }
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
        clock.advance(by: .milliseconds(10))
        await othersRan()
        #expect(log.batches.isEmpty)
        #expect(clock.sleepers == 0)
        #expect(coalescer.statistics.waiting == 0)
    }

    @Test func othersOfARunningBatchNoticeNothing() async throws {
        let coalescer = gated(2)
        let first = await caller(1, of: coalescer)
        let second = await caller(2, of: coalescer)
        await reached { gate.entered == 1 }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(coalescer.statistics.running == 1)
        gate.open()
        #expect(try await second.value == 4)
    }

    @Test func aBatchThatNobodyWaitsForIsCancelled() async throws {
        let wasCancelled = Atomic(false)
        let holding = Gate()
        let coalescer = Coalescer<Int, Int>(maximumBatch: 2, maximumWait: .seconds(1), clock: clock) { [log] items in
            log.record(items)
            if items == [1, 2] {
                await withTaskCancellationHandler {
                    await holding.pass()
                } onCancel: {
                    wasCancelled.store(true, ordering: .releasing)
                    holding.open()
                }
                // A closure that does not look at its cancellation is no different.
            }
            return items.map { $0 * 2 }
        }
        let tasks = [await caller(1, of: coalescer), await caller(2, of: coalescer)]
        await reached { holding.entered == 1 }
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        await othersRan()
        let wasCancelledEarly = wasCancelled.load(ordering: .acquiring)
        #expect(!wasCancelledEarly)
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        await reached { wasCancelled.load(ordering: .acquiring) }
        let later = [await caller(3, of: coalescer), await caller(4, of: coalescer)]
        #expect(try await later[1].value == 8)
    }

    /// The items that wait behind an abandoned batch go out in a task of their own.
    @Test func whatWaitsBehindAnAbandonedBatchGoesOut() async throws {
        let cancelled = EvaluationLog<Bool>()
        let coalescer = Coalescer<Int, Int>(maximumBatch: 1, maximumWait: .zero, clock: clock) { [gate] items in
            await gate.pass()
            cancelled.record([Task.isCancelled])
            return items.map { $0 * 2 }
        }
        let first = await caller(1, of: coalescer)
        await reached { gate.entered == 1 }
        let second = await caller(2, of: coalescer)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.open()
        #expect(try await second.value == 4)
        #expect(cancelled.batches == [[true], [false]])
    }

    @Test func cancelledItemsAreNotTriedAgain() async throws {
        let coalescer = Coalescer<Int, Int>(maximumBatch: 4, maximumWait: .seconds(1), clock: clock) {
            [log, gate] items in
            log.record(items)
            if items.count == 4 {
                await gate.pass()
                throw Outage()
            }
            return items.map { $0 * 2 }
        }
        var tasks: [Task<Int, any Error>] = []
        for item in 0..<4 { tasks.append(await caller(item, of: coalescer)) }
        await reached { gate.entered == 1 }
        for item in [0, 2, 3] {
            tasks[item].cancel()
            await #expect(throws: CancellationError.self) { try await tasks[item].value }
        }
        gate.open()
        #expect(try await tasks[1].value == 2)
        #expect(log.batches == [[0, 1, 2, 3], [1]])
    }

    /// A caller may be cancelled just as its value comes: it gets one or the other, and never both.
    @Test func aCancellationThatComesLateIsNoMatter() async throws {
        let coalescer = Coalescer<Int, Int>(maximumBatch: 1, maximumWait: .zero, concurrentBatches: 4, evaluate: { $0 })
        for round in 0..<2_000 {
            let task = Task { try await coalescer.evaluate(round) }
            if round.isMultiple(of: 2) { await Task.yield() }
            task.cancel()
            switch await task.result {
            case .success(let value): #expect(value == round)
            case .failure(let error): #expect(error is CancellationError)
            }
        }
        let statistics = coalescer.statistics
        #expect(statistics.waiting == 0)
    }

    /// Items are let go of as soon as they are cancelled, and what they do then may come back here.
    @Test func anItemMayUseTheCoalescerAsItGoes() async throws {
        final class Item: Sendable {
            let gone: @Sendable () -> Void
            init(_ gone: @escaping @Sendable () -> Void) { self.gone = gone }
            deinit { gone() }
        }
        let isGone = Atomic(false)
        let coalescer = Coalescer<Item, Int>(maximumBatch: 2, maximumWait: .seconds(1), clock: clock) {
            $0.map { _ in 1 }
        }
        let task = Task {
            try await coalescer.evaluate(
                Item {
                    coalescer.flush()
                    isGone.store(true, ordering: .releasing)
                })
        }
        await reached { coalescer.statistics.waiting == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await reached { isGone.load(ordering: .acquiring) }
        #expect(coalescer.statistics.waiting == 0)
    }
}
