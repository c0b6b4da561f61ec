internal import Synchronization

/// Lets batches through a node in their order. Safe to use from many tasks.
final class Turnstile: Sendable {
    private struct State {
        var next = 0
        /// Batches that are through before their turn, for they never came here.
        var passed: Set<Int> = []
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        /// A batch that failed on its way: those after it do not get through.
        var failed: Int?

        func isShut(to batch: Int) -> Bool { failed.map { batch > $0 } ?? false }
    }

    private let state = Mutex(State())

    /// Returns when all batches before this one are through, or will never come. True where it had to wait.
    ///
    /// - Throws: `CancellationError` where one before it has failed.
    func enter(_ batch: Int) async throws(CancellationError) -> Bool {
        let (isNext, isShut) = state.withLock { ($0.next >= batch, $0.isShut(to: batch)) }
        if isShut { throw CancellationError() }
        if isNext { return false }
        let mayPass = await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.isShut(to: batch) { return false }
                if state.next >= batch { return true }
                state.waiting[batch] = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        guard mayPass else { throw CancellationError() }
        return true
    }

    /// Says that a batch is through, or will not come; saying it again changes nothing.
    func leave(_ batch: Int) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard batch >= state.next else { return nil }
            state.passed.insert(batch)
            while state.passed.remove(state.next) != nil { state.next += 1 }
            return state.waiting.removeValue(forKey: state.next)
        }
        next?.resume(returning: true)
    }

    /// Says that a batch has failed: no later one gets through until ``reopen()``.
    func fail(_ batch: Int) {
        let refused = state.withLock { state in
            state.failed = min(state.failed ?? batch, batch)
            let refused = state.waiting.filter { state.isShut(to: $0.key) }
            for batch in refused.keys { state.waiting[batch] = nil }
            return refused.values
        }
        for continuation in refused { continuation.resume(returning: false) }
    }

    func reopen() { state.withLock { $0.failed = nil } }
}
