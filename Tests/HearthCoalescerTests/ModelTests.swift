import HearthCoalescer
import HearthRandom
import Synchronization
import Testing

/// Thousands of callers with random failures and cancellations, and what must hold of each.
@Suite(.timeLimit(.minutes(5))) struct ModelTests {
    private struct Caller {
        var item: Int
        var isBad: Bool
        var isCancelled: Bool
        /// Turns that others get before it asks, and before it is cancelled.
        var delay: Int
        var patience: Int
    }

    private func callers(_ count: Int, seed: UInt64) -> [Caller] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map {
            Caller(
                item: $0, isBad: random.oneIn(12), isCancelled: random.oneIn(5), delay: random.below(30),
                patience: random.below(40))
        }
    }

    /// Asks for all at once and holds each outcome against what the caller is.
    private func ask(_ callers: [Caller], _ coalescer: Coalescer<Int, Int>) async -> (values: Int, cancelled: Int) {
        await withTaskGroup(of: (values: Int, cancelled: Int).self) { group in
            for caller in callers {
                group.addTask {
                    let asking = Task {
                        for _ in 0..<caller.delay { await Task.yield() }
                        return try await coalescer.evaluate(caller.item)
                    }
                    if caller.isCancelled {
                        for _ in 0..<caller.patience { await Task.yield() }
                        asking.cancel()
                    }
                    switch await asking.result {
                    case .success(let value):
                        #expect(value == caller.item * 3 && !caller.isBad)
                        return (1, 0)
                    case .failure(let error as BadItem):
                        #expect(error.item == caller.item && caller.isBad)
                        return (0, 0)
                    case .failure(let error):
                        #expect(error is CancellationError && caller.isCancelled)
                        return (0, 1)
                    }
                }
            }
            return await group.reduce((0, 0)) { ($0.0 + $1.values, $0.1 + $1.cancelled) }
        }
    }

    private func evaluations(_ log: EvaluationLog<Int>) -> [Int: Int] {
        log.batches.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    @Test(arguments: [(1, 1), (7, 1), (32, 3), (500, 2)])
    func withResultsEachItemIsEvaluatedOnceAtMost(maximumBatch: Int, concurrent: Int) async {
        for seed in 1...3 as ClosedRange<UInt64> {
            let callers = callers(3_000, seed: seed)
            let log = EvaluationLog<Int>()
            let running = Atomic(0)
            let most = Atomic(0)
            let coalescer = Coalescer<Int, Int>(
                maximumBatch: maximumBatch, maximumWait: .microseconds(200), concurrentBatches: concurrent,
                evaluateEach: { items in
                    let now = running.add(1, ordering: .acquiringAndReleasing).newValue
                    _ = most.max(now, ordering: .acquiringAndReleasing)
                    defer { running.subtract(1, ordering: .acquiringAndReleasing) }
                    log.record(items)
                    await Task.yield()
                    return items.map { callers[$0].isBad ? .failure(BadItem(item: $0)) : .success($0 * 3) }
                })
            let (values, cancelled) = await ask(callers, coalescer)
            let evaluations = evaluations(log)
            #expect(evaluations.values.allSatisfy { $0 == 1 })
            #expect(evaluations.count >= values)
            #expect(log.batches.allSatisfy { (1...maximumBatch).contains($0.count) })
            let together = most.load(ordering: .acquiring)
            #expect(together <= concurrent)
            let statistics = coalescer.statistics
            // All callers of a batch may be cancelled just as it goes out; then nobody evaluates it.
            #expect((0...cancelled).contains(statistics.items - evaluations.count))
            #expect((0...cancelled).contains(statistics.batches - log.batches.count))
            #expect(statistics.cancelled <= cancelled)
            #expect(statistics.largestBatch >= log.batches.map(\.count).max() ?? 0)
            #expect(statistics.waiting == 0)
        }
    }

    @Test(arguments: [(1, 1), (10, 2), (64, 1)])
    func aThrowingClosureFailsOnlyBadItems(maximumBatch: Int, concurrent: Int) async {
        let levels = Int.bitWidth - (maximumBatch - 1).leadingZeroBitCount
        for seed in 4...6 as ClosedRange<UInt64> {
            let callers = callers(3_000, seed: seed)
            let log = EvaluationLog<Int>()
            let coalescer = Coalescer<Int, Int>(
                maximumBatch: maximumBatch, maximumWait: .microseconds(200), concurrentBatches: concurrent,
                isolatedFailures: maximumBatch
            ) { items in
                log.record(items)
                await Task.yield()
                if let bad = items.first(where: { callers[$0].isBad }) { throw BadItem(item: bad) }
                return items.map { $0 * 3 }
            }
            _ = await ask(callers, coalescer)
            #expect(evaluations(log).values.allSatisfy { $0 <= max(1, levels + 1) })
            let statistics = coalescer.statistics
            #expect((0...callers.count).contains(statistics.batches + statistics.retries - log.batches.count))
            #expect(statistics.waiting == 0)
        }
    }

    /// Random arrivals, cancellations and steps of a clock, with evaluation that takes no time of that clock.
    @Test func noItemWaitsLongerThanTheBound() async {
        let bound = Duration.microseconds(50)
        var longest = Duration.zero
        for seed in 1...8 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let clock = ManualClock()
            let coalescer = Coalescer<Int, Int>(
                maximumBatch: 1 + random.below(12), maximumWait: bound, clock: clock, evaluate: { $0 })
            var tasks: [Task<Int, any Error>] = []
            for item in 0..<300 {
                let arrived = coalescer.statistics.arrived
                tasks.append(Task { try await coalescer.evaluate(item) })
                await reached { coalescer.statistics.arrived > arrived }
                if random.oneIn(6) {
                    let cancelled = tasks[random.below(tasks.count)]
                    cancelled.cancel()
                    _ = await cancelled.result
                }
                for _ in 0..<random.below(30) {
                    await step(clock, coalescer)
                }
            }
            while coalescer.statistics.waiting > 0 { await step(clock, coalescer) }
            for (item, task) in tasks.enumerated() {
                switch await task.result {
                case .success(let value): #expect(value == item)
                case .failure(let error): #expect(error is CancellationError)
                }
            }
            #expect(coalescer.statistics.longestWait <= bound)
            longest = max(longest, coalescer.statistics.longestWait)
        }
        // Some have waited so long.
        #expect(longest == bound)
    }

    /// Time goes on when the timer has gone to sleep, or nothing waits.
    private func step(_ clock: ManualClock, _ coalescer: Coalescer<Int, Int>) async {
        await reached { coalescer.statistics.waiting == 0 || clock.sleepers == 1 }
        clock.advance(by: .microseconds(1))
    }

    /// Batches that ask other coalescers for their items, one within the other, all at their limits: nothing waits for
    /// ever.
    @Test func coalescersWithinCoalescersEnd() async throws {
        let inner = Coalescer<Int, Int>(maximumBatch: 8, maximumWait: .microseconds(100)) { $0.map { $0 + 1 } }
        let middle = Coalescer<Int, Int>(maximumBatch: 8, maximumWait: .microseconds(100)) { items in
            try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                for (place, item) in items.enumerated() {
                    group.addTask { (place, try await inner.evaluate(item)) }
                }
                return try await group.reduce(into: items) { $0[$1.0] = $1.1 }
            }
        }
        let outer = Coalescer<Int, Int>(maximumBatch: 8, maximumWait: .zero, concurrentBatches: 3) { items in
            var values: [Int] = []
            for item in items { values.append(try await middle.evaluate(item)) }
            return values
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for item in 0..<400 {
                group.addTask {
                    let value = try await outer.evaluate(item)
                    #expect(value == item + 1)
                }
            }
            try await group.waitForAll()
        }
    }
}

extension CoalescerStatistics {
    /// Items that wait or went out; not those that were dropped before.
    var arrived: Int { waiting + items }
}
