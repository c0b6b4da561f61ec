internal import Synchronization

/// When which items go out: all of a coalescer that does not depend on what the items are. It is not generic because
/// code of a library that is generic, and not specialised for its users, looks up types at run time for every line:
/// that made a call three times as dear.
final class Schedule: Sendable {
    struct State {
        var places = Places()
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

    /// Callers whose items went out together, in the order of arrival.
    struct Batch {
        var tickets: [Ticket] = []
        var callers: [any Caller] = []
        /// Of the item that waited longest.
        var waited = Duration.zero
    }

    let maximumBatch: Int
    let maximumWait: Duration
    let concurrentBatches: Int
    let clock: ElapsedTime
    /// Held for some hundred nanoseconds at a time. No continuation is resumed, no task cancelled and no item let go of
    /// under it: those may run the code of others, which may come back here.
    let state = Mutex(State())

    init(maximumBatch: Int, maximumWait: Duration, concurrentBatches: Int, clock: ElapsedTime) {
        precondition(maximumBatch >= 1, "a batch holds at least one item")
        precondition(maximumWait >= .zero, "nothing waits for less than no time")
        precondition(concurrentBatches >= 1, "at least one batch must be let through")
        self.maximumBatch = maximumBatch
        // Clocks cannot add more.
        self.maximumWait = min(maximumWait, .seconds(365 * 86_400))
        self.concurrentBatches = concurrentBatches
        self.clock = clock
    }

    /// Coalescer and batches hold it: nobody waits any more.
    deinit { state.withLock { $0.timer }?.cancel() }

    /// Puts a caller at the end of the queue; false when it was cancelled before.
    func enqueue(_ caller: any Caller, _ mark: borrowing Atomic<UInt64>, for evaluator: any Evaluator) -> Bool {
        state.withLock { state in
            // Under the lock, so that whoever is further back in the queue has come later.
            let now = clock.now()
            let ticket = state.places.add(caller, arrival: state.arrivals + 1, at: now)
            let (isFirst, _) = mark.compareExchange(
                expected: Ticket.none, desired: ticket.word, ordering: .acquiringAndReleasing)
            guard isFirst else {
                _ = state.places.remove(ticket)
                return false
            }
            state.arrivals += 1
            goOn(&state, now, evaluator)
            return true
        }
    }

    /// The caller of this ticket wants its value no more.
    func cancel(_ ticket: Ticket) {
        var task: Task<Void, Never>?
        let caller = state.withLock { state -> (any Caller)? in
            guard let stage = state.places.stage(of: ticket) else { return nil }
            if case .out(let runner) = stage, state.runners[runner]?.answered(1) == true {
                state.runners[runner]?.isAbandoned = true
                task = state.runners[runner]?.task
            }
            state.statistics.cancelled += 1
            return state.places.remove(ticket)
        }
        caller?.fail(CancellationError())
        task?.cancel()
    }

    func flush(for evaluator: any Evaluator) {
        state.withLock { state in
            state.flushedThrough = state.arrivals
            goOn(&state, clock.now(), evaluator)
        }
    }

    /// Starts tasks for the batches that are due, as far as the limit lets it, and the timer for what is not.
    func goOn(_ state: inout State, _ now: Duration, _ evaluator: any Evaluator) {
        while state.runners.count < concurrentBatches, state.starting < dueBatches(state, now) {
            let number = state.nextRunner
            state.nextRunner += 1
            state.starting += 1
            state.runners[number] = Runner(task: Task.detached { await evaluator.run(number) })
        }
        startTimer(&state, now, evaluator)
    }

    /// Batches that should go out now; at least one when the oldest item has waited long enough, for then the rest go
    /// along.
    private func dueBatches(_ state: borrowing State, _ now: Duration) -> Int {
        guard let oldest = state.places.oldest else { return 0 }
        let isDue = oldest.arrival <= state.flushedThrough || oldest.arrivedAt + maximumWait <= now
        return max(isDue ? 1 : 0, state.places.waiting / maximumBatch)
    }

    /// A batch for a runner, or nil when none is due and the runner's end is noted. What came since it was started goes
    /// along.
    func take(_ number: Int, isFirst: Bool, for evaluator: any Evaluator) -> Batch? {
        state.withLock { state in
            if isFirst { state.starting -= 1 }
            let now = clock.now()
            var batch: Batch?
            if state.runners[number]?.isAbandoned == false, dueBatches(state, now) > 0 {
                batch = fill(&state, number, now)
            } else {
                state.runners[number] = nil
            }
            goOn(&state, now, evaluator)
            return batch
        }
    }

    private func fill(_ state: inout State, _ number: Int, _ now: Duration) -> Batch {
        let count = min(maximumBatch, state.places.waiting)
        var batch = Batch()
        batch.tickets.reserveCapacity(count)
        batch.callers.reserveCapacity(count)
        for _ in 0..<count {
            guard let (ticket, caller, arrivedAt) = state.places.takeOldest(for: number) else { break }
            batch.tickets.append(ticket)
            batch.callers.append(caller)
            batch.waited = max(batch.waited, now - arrivedAt)
            state.statistics.waited += now - arrivedAt
        }
        state.runners[number]?.callers = count
        state.statistics.count(count, longestWait: batch.waited)
        return batch
    }

    /// Gives up the places of callers that are answered now, and says which those are: the others were cancelled
    /// meanwhile.
    func settle(_ tickets: [Ticket], _ number: Int) -> [Bool] {
        state.withLock { state in
            let wanted = tickets.map { ticket in
                let isWanted = state.places.stage(of: ticket) != nil
                // The batch holds the caller as well: nothing is let go of here.
                if isWanted { _ = state.places.remove(ticket) }
                return isWanted
            }
            _ = state.runners[number]?.answered(wanted.count { $0 })
            return wanted
        }
    }

    /// Those of the batch's places whose callers still wait.
    func wanted(_ places: [Int], of tickets: [Ticket]) -> [Int] {
        state.withLock { state in places.filter { state.places.stage(of: tickets[$0]) != nil } }
    }

    func countRetry() { state.withLock { $0.statistics.retries += 1 } }

    var statistics: CoalescerStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.waiting = state.places.waiting
            statistics.running = state.runners.count - state.starting
            return statistics
        }
    }
}

extension Schedule.Runner {
    /// Notes that callers have their answers; whether those were the last.
    mutating func answered(_ count: Int) -> Bool {
        callers -= count
        return callers == 0
    }
}
