internal import Synchronization

/// Batches that come from one stream: where one fails, those behind it must not overtake the gap. Safe to use from many tasks.
final class Passage: Sendable {
    private let firstFailure = Mutex<Int?>(nil)

    func fail(_ batch: Int) { firstFailure.withLock { $0 = min($0 ?? batch, batch) } }

    func isShut(to batch: Int) -> Bool { firstFailure.withLock { failed in failed.map { batch > $0 } ?? false } }
}

/// Lets batches through a node in their order. Safe to use from many tasks.
final class Turnstile: Sendable {
    private struct Waiting {
        let passage: Passage?
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var next = 0
        /// Batches that are through before their turn, for they never came here.
        var passed: Set<Int> = []
        var waiting: [Int: Waiting] = [:]
    }

    private let state = Mutex(State())

    /// Returns when all batches before this one are through, or will never come. True where it had to wait.
    ///
    /// - Parameter passage: the stream that the batch is one of.
    /// - Throws: `CancellationError` where one before it in its passage has failed.
    func enter(_ batch: Int, of passage: Passage?) async throws(CancellationError) -> Bool {
        if passage?.isShut(to: batch) == true { throw CancellationError() }
        if state.withLock({ $0.next >= batch }) { return false }
        let mayPass = await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                // Looked at under the lock: who shuts the passage comes here next, and finds this one waiting.
                if passage?.isShut(to: batch) == true { return false }
                if state.next >= batch { return true }
                state.waiting[batch] = Waiting(passage: passage, continuation: continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        guard mayPass else { throw CancellationError() }
        return true
    }

    func isThrough(_ batch: Int) -> Bool { state.withLock { $0.next > batch || $0.passed.contains(batch) } }

    /// Says that a batch is through, or will not come; saying it again changes nothing.
    func leave(_ batch: Int) {
        let next = state.withLock { state -> Waiting? in
            guard batch >= state.next else { return nil }
            state.passed.insert(batch)
            while state.passed.remove(state.next) != nil { state.next += 1 }
            return state.waiting.removeValue(forKey: state.next)
        }
        next?.continuation.resume(returning: true)
    }

    /// Sends away those who wait and whose passage was shut before them.
    func refuse() {
        let refused = state.withLock { state in
            let refused = state.waiting.filter { batch, waiting in waiting.passage?.isShut(to: batch) == true }
            for batch in refused.keys { state.waiting[batch] = nil }
            return refused.values
        }
        for waiting in refused { waiting.continuation.resume(returning: false) }
    }
}
