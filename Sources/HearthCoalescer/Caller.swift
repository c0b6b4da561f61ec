/// Who waits for a value, as far as the schedule is concerned.
protocol Caller: AnyObject, Sendable {
    func fail(_ error: any Error)
}

/// Evaluates batches, as far as the schedule is concerned.
protocol Evaluator: AnyObject, Sendable {
    /// Takes batches of the schedule as long as some are due.
    func run(_ number: Int) async
    /// When to wake next, if at all.
    func timerExpired() -> Duration?
}

/// An item and who waits for its value.
final class ItemCaller<Item: Sendable, Value: Sendable>: Caller {
    let item: Item
    let continuation: CheckedContinuation<Value, any Error>

    init(_ item: Item, _ continuation: CheckedContinuation<Value, any Error>) {
        self.item = item
        self.continuation = continuation
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}
