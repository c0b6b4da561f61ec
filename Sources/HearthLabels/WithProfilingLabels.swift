/// Runs `body`; samples taken in it carry `labels` besides those of the scopes around it, the inner value where a key
/// is bound twice. While nothing is sampled this is a call and a load.
///
/// What `body` starts inherits them as it would a task-local value: child tasks and `Task { }` do, `Task.detached { }`
/// does not, and neither do threads, Dispatch's queues among them. A scope entered while nothing is sampled labels
/// nothing to its end, also when a profiler is started in it.
@inlinable
public func withProfilingLabels<R, E: Error>(_ labels: ProfilingLabels, _ body: () throws(E) -> R) throws(E) -> R {
    let number = CurrentLabels.toBind(labels)
    guard number != 0 else { return try body() }
    do {
        return try CurrentLabels.identifier.withValue(number) { try body() }
    } catch {
        // TaskLocal's scope rethrows without a type: nothing but `body` throws here.
        throw error as! E
    }
}

/// Runs `body`, on the caller's actor; samples taken in it carry `labels` besides those of the scopes around it, also
/// after a suspension and on another thread. While nothing is sampled this is a call and a load.
///
/// What `body` starts inherits them as it would a task-local value: the tasks of a group, `async let` and `Task { }` do,
/// `Task.detached { }` does not, and neither do threads, Dispatch's queues among them.
@inlinable
public nonisolated(nonsending) func withProfilingLabels<R, E: Error>(
    _ labels: ProfilingLabels, _ body: nonisolated(nonsending) () async throws(E) -> R
) async throws(E) -> R {
    let number = CurrentLabels.toBind(labels)
    guard number != 0 else { return try await body() }
    do {
        return try await CurrentLabels.identifier.withValue(number) { try await body() }
    } catch {
        throw error as! E
    }
}
