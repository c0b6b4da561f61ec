internal import Synchronization

/// Carries a result from a task to the thread that waits for it.
final class ResultBox<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)

    func set(_ new: Result<Value, any Error>) { result.withLock { $0 = new } }

    /// After `set`.
    func get() throws -> Value {
        guard let result = result.withLock({ $0 }) else { preconditionFailure("nothing was set") }
        return try result.get()
    }
}
