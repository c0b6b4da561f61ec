extension Coalescer: Evaluator {
    /// Items that went out together, in the order of arrival, and who waits for them.
    struct Batch {
        let number: Int
        let tickets: [Ticket]
        let callers: [ItemCaller<Item, Value>]
        let items: [Item]
    }

    func run(_ number: Int) async {
        var isFirst = true
        while let taken = schedule.take(number, isFirst: isFirst, for: self) {
            isFirst = false
            // Everybody was cancelled since: there is nobody to answer.
            guard !Task.isCancelled else { continue }
            observe?(CoalescedBatch(items: taken.callers.count, waited: taken.waited))
            let callers = taken.callers.compactMap { $0 as? ItemCaller<Item, Value> }
            let batch = Batch(number: number, tickets: taken.tickets, callers: callers, items: callers.map(\.item))
            switch evaluation {
            case .each(let body): await evaluate(batch, body)
            case .whole(let body): await evaluate(batch, body)
            }
        }
    }

    func timerExpired() -> Duration? { schedule.timerExpired(self) }

    private func evaluate(
        _ batch: Batch, _ body: @Sendable ([Item]) async throws -> [Result<Value, any Error>]
    ) async {
        do {
            let results = try await body(batch.items)
            guard results.count == batch.items.count else {
                throw CoalescerError.wrongCount(items: batch.items.count, values: results.count)
            }
            let wanted = schedule.settle(batch.tickets, batch.number)
            for place in wanted.indices where wanted[place] {
                batch.callers[place].continuation.resume(with: results[place])
            }
        } catch {
            fail(Array(batch.items.indices), of: batch, with: error)
        }
    }

    /// Level by level: with d failures more than successes so far, at least ⌊d / 2⌋ bad items are there, because of two
    /// halves of a group that failed one has failed before, and the other is one more bad item if it fails as well. So
    /// a limit on d never gives up on a batch that has few, and bounds what it costs if all fail.
    private func evaluate(_ batch: Batch, _ body: @Sendable ([Item]) async throws -> [Value]) async {
        var groups: [(places: [Int], cause: any Error)] = []
        var failuresAhead = 0
        if let error = await evaluate(nil, of: batch, body) {
            failuresAhead = 1
            groups.split(Array(batch.items.indices), because: error)
        }
        var next = 0
        while next < groups.count {
            let (group, cause) = groups[next]
            next += 1
            // Items of callers that were cancelled meanwhile are not tried again.
            let places = schedule.wanted(group, of: batch.tickets)
            guard !places.isEmpty else { continue }
            // A group of one that was split has no other to be told from.
            guard batch.items.count > 1, failuresAhead <= 2 * isolatedFailures else {
                fail(places, of: batch, with: cause)
                continue
            }
            schedule.countRetry()
            if let error = await evaluate(places, of: batch, body) {
                failuresAhead += 1
                if places.count == 1 {
                    fail(places, of: batch, with: error)
                } else {
                    groups.split(places, because: error)
                }
            } else {
                failuresAhead = max(0, failuresAhead - 1)
            }
        }
    }

    /// Evaluates a part of a batch, or all of it, and answers the callers; what the closure threw, if it did.
    private func evaluate(
        _ places: [Int]?, of batch: Batch, _ body: @Sendable ([Item]) async throws -> [Value]
    ) async -> (any Error)? {
        let items = places.map { $0.map { batch.items[$0] } } ?? batch.items
        let values: [Value]
        do { values = try await body(items) } catch { return error }
        guard values.count == items.count else {
            let error = CoalescerError.wrongCount(items: items.count, values: values.count)
            fail(places ?? Array(items.indices), of: batch, with: error)
            return nil
        }
        let wanted = schedule.settle(places.map { $0.map { batch.tickets[$0] } } ?? batch.tickets, batch.number)
        for index in wanted.indices where wanted[index] {
            batch.callers[places?[index] ?? index].continuation.resume(returning: values[index])
        }
        return nil
    }

    private func fail(_ places: [Int], of batch: Batch, with error: any Error) {
        let wanted = schedule.settle(places.map { batch.tickets[$0] }, batch.number)
        for (place, isWanted) in zip(places, wanted) where isWanted { batch.callers[place].fail(error) }
    }
}

extension [(places: [Int], cause: any Error)] {
    /// Adds the halves of a group that failed; a group of one stays what it is.
    fileprivate mutating func split(_ places: [Int], because error: any Error) {
        let middle = (places.count + 1) / 2
        append((Array<Int>(places[..<middle]), error))
        if middle < places.count { append((Array<Int>(places[middle...]), error)) }
    }
}
