internal import Synchronization

extension Coalescer {
    /// Items that went out together, in the order of arrival.
    struct Batch {
        var tickets: [Ticket] = []
        var items: [Item] = []
        /// Of the item that waited longest.
        var waited = Duration.zero
    }

    /// Takes batches as long as some are due.
    func run(_ number: Int) async {
        var isFirst = true
        while let batch = take(number, isFirst: isFirst) {
            isFirst = false
            // Everybody was cancelled since: there is nobody to answer.
            guard !Task.isCancelled else { continue }
            observe?(CoalescedBatch(items: batch.items.count, waited: batch.waited))
            switch evaluation {
            case .each(let body): await evaluate(batch, number, body)
            case .whole(let body): await evaluate(batch, number, body)
            }
        }
    }

    private func evaluate(
        _ batch: Batch, _ number: Int, _ body: @Sendable ([Item]) async throws -> [Result<Value, any Error>]
    ) async {
        do {
            let results = try await body(batch.items)
            guard results.count == batch.items.count else {
                throw CoalescerError.wrongCount(items: batch.items.count, values: results.count)
            }
            settle(batch.tickets, number) { results[$0] }
        } catch {
            settle(batch.tickets, number) { _ in .failure(error) }
        }
    }

    /// Level by level: with d failures more than successes so far, at least ⌊d / 2⌋ bad items are there, because of two halves of
    /// a group that failed one has failed before, and the other is one more bad item if it fails as well. So a limit on d never
    /// gives up on a batch that has few, and bounds what it costs if all fail.
    private func evaluate(
        _ batch: Batch, _ number: Int, _ body: @Sendable ([Item]) async throws -> [Value]
    ) async {
        var groups = [(places: Array(batch.items.indices), cause: nil as (any Error)?)]
        var failuresAhead = 0
        var next = 0
        while next < groups.count {
            var (places, cause) = groups[next]
            next += 1
            if let cause {
                // Items of callers that were cancelled meanwhile are not tried again.
                places = wanted(places, of: batch)
                guard !places.isEmpty else { continue }
                guard failuresAhead <= 2 * isolatedFailures else {
                    settle(places.map { batch.tickets[$0] }, number) { _ in .failure(cause) }
                    continue
                }
                countRetry()
            }
            let tickets = places.map { batch.tickets[$0] }
            do {
                let values = try await body(places.map { batch.items[$0] })
                failuresAhead = max(0, failuresAhead - 1)
                if values.count == places.count {
                    settle(tickets, number) { .success(values[$0]) }
                } else {
                    let error = CoalescerError.wrongCount(items: places.count, values: values.count)
                    settle(tickets, number) { _ in .failure(error) }
                }
            } catch {
                failuresAhead += 1
                if places.count == 1 {
                    settle(tickets, number) { _ in .failure(error) }
                } else {
                    let middle = (places.count + 1) / 2
                    groups.append((Array(places[..<middle]), error))
                    groups.append((Array(places[middle...]), error))
                }
            }
        }
    }

    private func countRetry() { state.withLock { $0.statistics.retries += 1 } }
}
