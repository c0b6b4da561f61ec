internal import HearthProfile
internal import Synchronization

/// Hands windows to one exporter, on a thread of its own: one that blocks keeps nobody else waiting.
final class ExporterRunner: Sendable {
    let exporter: any ProfileExporter
    private let cpu: ThreadCPUTime
    private let thread = WorkerThread("hearth-export")
    private struct State {
        var waiting: [ProfileWindow] = []
        var lost = 0
    }
    private let state = Mutex(State())

    /// Windows that wait: five minutes of them.
    static let waitingLimit = 30

    init(_ exporter: any ProfileExporter, cpu: ThreadCPUTime) {
        self.exporter = exporter
        self.cpu = cpu
    }

    /// Returns at once. O(1).
    func offer(_ window: ProfileWindow) {
        state.withLock { state in
            state.waiting.append(window)
            if state.waiting.count > Self.waitingLimit {
                state.waiting.removeFirst()
                state.lost += 1
            }
        }
        thread.async { self.exportOne() }
    }

    /// Windows that were lost because the exporter was too slow.
    var lost: Int { state.withLock { $0.lost } }

    /// Returns when the exporter has taken and finished all, at the deadline in any case.
    func finish(by deadline: ContinuousClock.Instant) async {
        await returning(by: deadline) {
            await withCheckedContinuation { continuation in
                self.thread.async { continuation.resume() }
            }
            await self.exporter.finish(by: deadline)
        }
    }

    private func exportOne() {
        let window: ProfileWindow? = state.withLock { state in
            state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        if let window { cpu.measure { exporter.export(window) } }
    }
}

/// Returns when `body` has, or at the deadline, when `body` goes on by itself.
func returning(by deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async -> Void) async {
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
        let waiting = Mutex<CheckedContinuation<Void, Never>?>(continuation)
        let shared = WaitingContinuation(waiting: waiting)
        let work = Task.detached {
            await body()
            shared.resume()
        }
        Task.detached {
            try? await Task.sleep(until: deadline, clock: .continuous)
            shared.resume()
            work.cancel()
        }
    }
}

private final class WaitingContinuation: Sendable {
    private let waiting: Mutex<CheckedContinuation<Void, Never>?>

    init(waiting: consuming Mutex<CheckedContinuation<Void, Never>?>) { self.waiting = waiting }

    func resume() {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume()
    }
}
