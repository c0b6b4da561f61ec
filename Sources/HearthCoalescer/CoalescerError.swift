/// A closure that broke its promise to a ``Coalescer``.
public enum CoalescerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It was given so many items, and returned another number of values, so whose they are is not known.
    case wrongCount(items: Int, values: Int)

    public var description: String {
        switch self {
        case .wrongCount(let items, let values): "a batch of \(items) items was evaluated to \(values) values"
        }
    }
}
