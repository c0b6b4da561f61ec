import HearthCoalescer
import HearthRandom
import Testing

@Suite(.timeLimit(.minutes(2))) struct FailureTests {
    private let log = EvaluationLog<Int>()

    /// What each of `count` callers of one batch came to.
    private func outcomes(_ count: Int, _ coalescer: Coalescer<Int, Int>) async -> [Result<Int, any Error>] {
        await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
            for item in 0..<count {
                group.addTask {
                    do { return (item, .success(try await coalescer.evaluate(item))) } catch {
                        return (item, .failure(error))
                    }
                }
            }
            var outcomes = [Result<Int, any Error>](repeating: .failure(Outage()), count: count)
            for await (item, outcome) in group { outcomes[item] = outcome }
            return outcomes
        }
    }

    /// Throws for the first bad item of what it is given.
    private func throwing(_ count: Int, bad: Set<Int>, isolatedFailures: Int = 8) -> Coalescer<Int, Int> {
        Coalescer(
            maximumBatch: count, maximumWait: .seconds(1_000), isolatedFailures: isolatedFailures,
            clock: ManualClock()
        ) { [log] items in
            log.record(items)
            if let item = items.first(where: bad.contains) { throw BadItem(item: item) }
            return items.map { $0 * 2 }
        }
    }

    private func expect(_ outcomes: [Result<Int, any Error>], bad: Set<Int>) {
        for (item, outcome) in outcomes.enumerated() {
            switch outcome {
            case .success(let value): #expect(value == item * 2 && !bad.contains(item))
            case .failure(let error): #expect(error as? BadItem == BadItem(item: item) && bad.contains(item))
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 32, 100]) func oneBadItemFailsAlone(count: Int) async {
        for item in [0, count / 2, count - 1] {
            let log = EvaluationLog<Int>()
            let coalescer = Coalescer<Int, Int>(
                maximumBatch: count, maximumWait: .seconds(1_000), clock: ManualClock()
            ) { items in
                log.record(items)
                if items.contains(item) { throw BadItem(item: item) }
                return items.map { $0 * 2 }
            }
            expect(await outcomes(count, coalescer), bad: [item])
            let levels = Int.bitWidth - (count - 1).leadingZeroBitCount
            #expect(log.batches.count <= 1 + 2 * levels)
            #expect(coalescer.statistics.retries == log.batches.count - 1)
            #expect(coalescer.statistics.batches == 1)
        }
    }

    /// As many as are promised, anywhere, in batches of any size.
    @Test func soManyBadItemsAreToldForSure() async {
        var random = SeededGenerator(seed: 7)
        for round in 0..<60 {
            let count = 1 + random.below(300)
            let promised = random.below(9)
            var bad: Set<Int> = []
            // Neighbours are told from each other later than those that lie apart.
            let start = random.below(count)
            for _ in 0..<random.below(promised + 1) {
                bad.insert(round.isMultiple(of: 2) ? random.below(count) : min(count - 1, start + random.below(9)))
            }
            let log = EvaluationLog<Int>()
            let coalescer = Coalescer<Int, Int>(
                maximumBatch: count, maximumWait: .seconds(1_000), isolatedFailures: promised, clock: ManualClock()
            ) { [bad] items in
                log.record(items)
                if let item = items.first(where: bad.contains) { throw BadItem(item: item) }
                return items.map { $0 * 2 }
            }
            expect(await outcomes(count, coalescer), bad: bad)
            let levels = count == 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
            #expect(log.batches.count <= 1 + 2 * bad.count * levels)
            var evaluations: [Int: Int] = [:]
            for item in log.batches.joined() { evaluations[item, default: 0] += 1 }
            #expect(evaluations.values.allSatisfy { $0 <= levels + 1 })
            #expect(evaluations.count == count)
        }
    }

    @Test(arguments: [(1_000, 8, 17), (1_000, 0, 1), (1_000, 1, 3), (4, 8, 7), (1, 8, 1)])
    func anOutageCostsSoMuch(count: Int, isolated: Int, calls: Int) async {
        let log = EvaluationLog<Int>()
        let coalescer = Coalescer<Int, Int>(
            maximumBatch: count, maximumWait: .seconds(1_000), isolatedFailures: isolated, clock: ManualClock()
        ) { items in
            log.record(items)
            throw Outage()
        }
        for outcome in await outcomes(count, coalescer) {
            #expect(throws: Outage.self) { try outcome.get() }
        }
        #expect(log.batches.count == calls)
    }

    @Test func withoutRetriesABatchFailsAsOne() async {
        for outcome in await outcomes(10, throwing(10, bad: [3], isolatedFailures: 0)) {
            #expect(throws: BadItem(item: 3)) { try outcome.get() }
        }
        #expect(log.batches.count == 1)
    }

    @Test func resultsAreEachItemsOwn() async {
        let coalescer = Coalescer<Int, Int>(maximumBatch: 50, maximumWait: .seconds(1_000), clock: ManualClock()) {
            [log] (items: [Int]) -> [Result<Int, any Error>] in
            log.record(items)
            return items.map { $0 % 3 == 0 ? .failure(BadItem(item: $0)) : .success($0 * 2) }
        }
        expect(await outcomes(50, coalescer), bad: Set((0..<50).filter { $0 % 3 == 0 }))
        #expect(log.batches.count == 1)
    }

    @Test func resultsThatThrowAreNotTriedAgain() async {
        let coalescer = Coalescer<Int, Int>(
            maximumBatch: 8, maximumWait: .seconds(1_000), clock: ManualClock(),
            evaluateEach: { [log] items in
                log.record(items)
                throw Outage()
            })
        for outcome in await outcomes(8, coalescer) { #expect(throws: Outage.self) { try outcome.get() } }
        #expect(log.batches.count == 1)
    }

    @Test(arguments: [0, 9, 11]) func aWrongNumberOfValuesFailsAllOfTheBatch(values: Int) async {
        let plain = Coalescer<Int, Int>(
            maximumBatch: 10, maximumWait: .seconds(1_000), clock: ManualClock(),
            evaluate: { _ in Array(repeating: 1, count: values) })
        let each = Coalescer<Int, Int>(
            maximumBatch: 10, maximumWait: .seconds(1_000), clock: ManualClock(),
            evaluateEach: { _ in Array(repeating: .success(1), count: values) })
        for coalescer in [plain, each] {
            for outcome in await outcomes(10, coalescer) {
                #expect(throws: CoalescerError.wrongCount(items: 10, values: values)) { try outcome.get() }
            }
            #expect(coalescer.statistics.retries == 0)
        }
        #expect(
            CoalescerError.wrongCount(items: 10, values: values).description
                == "a batch of 10 items was evaluated to \(values) values")
    }

    /// Values that are there do not wait for the rest of their batch.
    @Test func goodHalvesAreAnsweredMeanwhile() async throws {
        let gate = Gate()
        let coalescer = Coalescer<Int, Int>(maximumBatch: 2, maximumWait: .seconds(1_000), clock: ManualClock()) {
            items in
            if items.count == 2 { throw Outage() }
            if items == [1] { await gate.pass() }
            return items
        }
        let good = Task { try await coalescer.evaluate(0) }
        await reached { coalescer.statistics.waiting == 1 }
        let slow = Task { try await coalescer.evaluate(1) }
        #expect(try await good.value == 0)
        await reached { gate.entered == 1 }
        gate.open()
        #expect(try await slow.value == 1)
    }

    /// What failed once for no reason of its own succeeds in its half.
    @Test func aPassingFailureIsMended() async {
        let coalescer = Coalescer<Int, Int>(maximumBatch: 64, maximumWait: .seconds(1_000), clock: ManualClock()) {
            [log] items in
            log.record(items)
            if log.batches.count == 1 { throw Outage() }
            return items.map { $0 * 2 }
        }
        expect(await outcomes(64, coalescer), bad: [])
        #expect(log.batches.map(\.count) == [64, 32, 32])
    }
}
