internal import Synchronization

/// What tasks of a batch were at work or stood still at something with a name, beside the task that the batch began in: child tasks
/// add theirs, and who does nothing but wait for them takes its waiting off. Safe to use from many tasks.
final class TaskTime: Sendable {
    private let time = Mutex(Duration.zero)

    var total: Duration { time.withLock(\.self) }

    /// A child task.
    func child<R>(_ body: () async throws -> R) async rethrows -> R {
        let start = ContinuousClock.now
        defer { add(ContinuousClock.now - start) }
        return try await body()
    }

    /// Waiting for children.
    func waiting<R>(_ body: () async throws -> R) async rethrows -> R {
        let start = ContinuousClock.now
        defer { add(start - ContinuousClock.now) }
        return try await body()
    }

    /// Waiting for children that is over.
    func waited(_ wall: Duration) { add(.zero - wall) }

    private func add(_ duration: Duration) { time.withLock { $0 += duration } }
}
