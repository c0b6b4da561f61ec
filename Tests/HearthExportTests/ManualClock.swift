import HearthExport
import Synchronization

/// A clock that stands until it is moved.
final class ManualClock: Sendable {
    private struct State {
        var now: Duration = .zero
        var nextID = 0
        var sleeping: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    var now: Duration { state.withLock { $0.now } }

    /// Sleeps that run.
    var sleepers: Int { state.withLock { $0.sleeping.count } }

    func advance(by time: Duration) {
        let due = state.withLock { state in
            state.now += time
            let due = state.sleeping.filter { $0.value.until <= state.now }
            for id in due.keys { state.sleeping[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    var clock: ExportClock {
        ExportClock(
            now: { self.now }, sleep: { try await self.sleep($0) },
            wallTime: {
                let (seconds, attoseconds) = self.now.components
                return 1_700_000_000_000_000_000 + UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
            })
    }

    private func sleep(_ time: Duration) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isOver = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleeping[id] = (state.now + time, continuation)
                    return false
                }
                if isOver { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                if state.sleeping[id] == nil { state.cancelled.insert(id) }
                return state.sleeping.removeValue(forKey: id)
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
