internal import Synchronization

/// The label sets of the process, each with a number that a handler can read. Samples carry the number, and the profile
/// gets the set when it leaves.
///
/// Process-wide on purpose: signals have one table to read. Thread-safe.
package enum LabelRegistry {
    /// Sets that can be told apart: some 25 MB when each has a few labels of its own. What comes after is counted and
    /// labelled as its enclosing scope.
    package static let limit = 1 << 16

    private static let table = Mutex(LabelSets(limit: limit))

    /// The number of a set, or 0 when the table is full. O(labels), under a lock.
    static func intern(_ labels: [String: String]) -> UInt64 { table.withLock { $0.intern(labels) ?? 0 } }

    /// The number of the set `outer` with `inner` over it, or `outer` when the table is full. O(labels), under a lock.
    static func join(_ outer: UInt64, _ inner: UInt64) -> UInt64 { table.withLock { $0.join(outer, inner) } }

    /// The set behind a number; empty for one that was never given out.
    package static func labels(_ identifier: UInt64) -> [String: String] { table.withLock { $0[identifier] } }

    /// Sets that found no room since the process began.
    package static var overflow: UInt64 { table.withLock { $0.overflow } }
}
