internal import Synchronization

/// Lets one task sleep until another has something for it. A signal that comes before the sleep ends that one at once.
final class WakeUp: Sendable {
    private enum State {
        case quiet, signalled
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    func signal() { resume(leaving: .signalled) }

    /// Returns at a signal, after that time, or when the task is cancelled.
    func wait(atMost time: Duration?, _ clock: ExportClock) async {
        guard let time else { return await wait() }
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask { try? await clock.sleep(time) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumes = state.withLock { state in
                    guard case .quiet = state, !Task.isCancelled else {
                        state = .quiet
                        return true
                    }
                    state = .waiting(continuation)
                    return false
                }
                if resumes { continuation.resume() }
            }
        } onCancel: {
            resume(leaving: .quiet)
        }
    }

    /// Ends a sleep, or leaves the state for the next one.
    private func resume(leaving next: State) {
        let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
            switch state {
            case .waiting(let continuation):
                state = .quiet
                return continuation
            case .signalled: return nil
            case .quiet:
                state = next
                return nil
            }
        }
        waiting?.resume()
    }
}
