internal import Synchronization

extension Schedule {
    /// One timer, for the oldest item. A batch that goes out before its time leaves the timer to the next batch, since
    /// making one and cancelling it for each batch costs more than a look at the clock when it expires.
    func startTimer(_ state: inout State, _ now: Duration, _ evaluator: any Evaluator) {
        guard state.timer == nil, let deadline = deadline(state, after: now) else { return }
        state.timer = Task.detached { [weak evaluator, clock] in
            var next: Duration? = deadline
            while let deadline = next {
                // It throws when it is cancelled, by `deinit`.
                guard (try? await clock.sleep(until: deadline)) != nil else { return }
                next = evaluator?.timerExpired()
            }
        }
    }

    /// When to wake next; nil when the timer is of no more use. What is due but over the limit of concurrent batches
    /// needs none: the batch that ends takes it along.
    func timerExpired(_ evaluator: any Evaluator) -> Duration? {
        state.withLock { state in
            let now = clock.now()
            goOn(&state, now, evaluator)
            let next = deadline(state, after: now)
            if next == nil { state.timer = nil }
            return next
        }
    }

    private func deadline(_ state: borrowing State, after now: Duration) -> Duration? {
        guard let oldest = state.places.oldest, oldest.arrivedAt + maximumWait > now else { return nil }
        return oldest.arrivedAt + maximumWait
    }
}
