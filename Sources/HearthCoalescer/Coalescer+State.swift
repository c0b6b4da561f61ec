internal import Synchronization

extension Coalescer {
    /// All that changes. Three tables have a row for each place: who waits where is not generic, so that it is fast without
    /// being specialised for its users.
    struct State {
        var places = Places()
        var items: [Item?] = []
        var continuations: [CheckedContinuation<Value, any Error>?] = []
        /// Tasks that take batches and evaluate them, by running number.
        var runners: [Int: Runner] = [:]
        var nextRunner = 0
        /// Of the runners, those that have not yet looked for their first batch.
        var starting = 0
        /// Items that have arrived in all.
        var arrivals: UInt64 = 0
        /// Arrivals up to this one are due.
        var flushedThrough: UInt64 = 0
        var timer: Task<Void, Never>?
        var statistics = CoalescerStatistics()
    }

    struct Runner {
        let task: Task<Void, Never>
        /// Callers that wait for what is being evaluated.
        var callers = 0
        /// All callers of its batch were cancelled, and so was its task, which takes no further batch.
        var isAbandoned = false
    }

    /// Whether the item was taken; it is not when the caller was cancelled before.
    func enqueue(
        _ item: Item, _ continuation: CheckedContinuation<Value, any Error>, _ mark: borrowing Atomic<UInt64>
    ) -> Bool {
        state.withLock { state in
            // Under the lock, so that whoever is further back in the queue has come later.
            let now = clock.now()
            let ticket = state.places.add(arrival: state.arrivals + 1, at: now)
            let (isFirst, _) = mark.compareExchange(
                expected: Ticket.none, desired: ticket.word, ordering: .acquiringAndReleasing)
            guard isFirst else {
                state.places.remove(ticket)
                return false
            }
            state.arrivals += 1
            if ticket.place == state.items.count {
                state.items.append(item)
                state.continuations.append(continuation)
            } else {
                state.items[ticket.place] = item
                state.continuations[ticket.place] = continuation
            }
            startRunners(&state, now)
            startTimer(&state, now)
            return true
        }
    }

    /// The caller of this ticket wants its value no more.
    func cancel(_ ticket: Ticket) {
        var item: Item?
        var task: Task<Void, Never>?
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard let stage = state.places.stage(of: ticket) else { return nil }
            if case .out(let runner) = stage, state.runners[runner]?.finish(1) == true {
                state.runners[runner]?.isAbandoned = true
                task = state.runners[runner]?.task
            }
            state.places.remove(ticket)
            state.statistics.cancelled += 1
            item = state.items[ticket.place].take()
            return state.continuations[ticket.place].take()
        }
        continuation?.resume(throwing: CancellationError())
        task?.cancel()
        // Only now: what it holds may run anything when it goes.
        withExtendedLifetime(item) {}
    }

    /// Batches that should go out now; at least one when the oldest item has waited long enough, for then the rest go along.
    private func dueBatches(_ state: borrowing State, _ now: Duration) -> Int {
        guard let oldest = state.places.oldest else { return 0 }
        let isDue = oldest.arrival <= state.flushedThrough || oldest.arrivedAt + maximumWait <= now
        return max(isDue ? 1 : 0, state.places.waiting / maximumBatch)
    }

    /// Starts tasks for the batches that are due, as far as the limit lets it.
    func startRunners(_ state: inout State, _ now: Duration) {
        while state.runners.count < concurrentBatches, state.starting < dueBatches(state, now) {
            let number = state.nextRunner
            state.nextRunner += 1
            state.starting += 1
            state.runners[number] = Runner(task: Task.detached { await self.run(number) })
        }
    }

    /// A batch for a runner, or nil when none is due and the runner's end is noted. What came since it was started goes along.
    func take(_ number: Int, isFirst: Bool) -> Batch? {
        state.withLock { state in
            if isFirst { state.starting -= 1 }
            let now = clock.now()
            guard state.runners[number]?.isAbandoned == false, dueBatches(state, now) > 0 else {
                state.runners[number] = nil
                startRunners(&state, now)
                startTimer(&state, now)
                return nil
            }
            let batch = fill(&state, number, now)
            startRunners(&state, now)
            startTimer(&state, now)
            return batch
        }
    }

    private func fill(_ state: inout State, _ number: Int, _ now: Duration) -> Batch {
        let count = min(maximumBatch, state.places.waiting)
        var batch = Batch()
        batch.tickets.reserveCapacity(count)
        batch.items.reserveCapacity(count)
        for _ in 0..<count {
            guard let (ticket, arrivedAt) = state.places.takeOldest(for: number),
                let item = state.items[ticket.place].take()
            else { break }
            batch.tickets.append(ticket)
            batch.items.append(item)
            batch.waited = max(batch.waited, now - arrivedAt)
            state.statistics.waited += now - arrivedAt
        }
        state.runners[number]?.callers = batch.tickets.count
        state.statistics.count(batch.tickets.count, longestWait: batch.waited)
        return batch
    }

    /// Gives callers what their items came to; those that were cancelled meanwhile have their answer.
    func settle(_ tickets: [Ticket], _ number: Int, _ result: (Int) -> Result<Value, any Error>) {
        let continuations = state.withLock { state in
            tickets.map { ticket -> CheckedContinuation<Value, any Error>? in
                guard state.places.stage(of: ticket) != nil else { return nil }
                state.places.remove(ticket)
                _ = state.runners[number]?.finish(1)
                return state.continuations[ticket.place].take()
            }
        }
        for (index, continuation) in zip(tickets.indices, continuations) { continuation?.resume(with: result(index)) }
    }

    /// Those of the places whose callers still wait.
    func wanted(_ indices: [Int], of batch: Batch) -> [Int] {
        state.withLock { state in indices.filter { state.places.stage(of: batch.tickets[$0]) != nil } }
    }
}

extension Coalescer.Runner {
    /// Notes that callers have their answers; whether that were the last.
    mutating func finish(_ count: Int) -> Bool {
        callers -= count
        return callers == 0
    }
}
