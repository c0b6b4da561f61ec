internal import Synchronization

/// Lets batches through a node in their order. Safe to use from many tasks.
final class Turnstile: Sendable {
    private struct State {
        var next = 0
        /// Batches that will not come.
        var passed: Set<Int> = []
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Returns when all batches before this one are through, or will never come. True where it had to wait.
    func enter(_ batch: Int) async -> Bool {
        if state.withLock({ $0.next >= batch }) { return false }
        await withCheckedContinuation { continuation in
            let isNext = state.withLock { state in
                if state.next >= batch { return true }
                state.waiting[batch] = continuation
                return false
            }
            if isNext { continuation.resume() }
        }
        return true
    }

    /// Says that a batch is through, or will not come; saying it again changes nothing.
    func leave(_ batch: Int) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard batch >= state.next else { return nil }
            state.passed.insert(batch)
            while state.passed.remove(state.next) != nil { state.next += 1 }
            return state.waiting.removeValue(forKey: state.next)
        }
        next?.resume()
    }
}
