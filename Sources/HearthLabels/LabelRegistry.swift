internal import Synchronization

/// The label sets of the process, each with a number that a handler can read. Samples carry the number, and the profile
/// gets the set when it leaves.
///
/// Process-wide on purpose: signals have one table to read. Thread-safe.
package enum LabelRegistry {
    /// Sets that can be told apart. More than this are counted and labelled as their enclosing scope.
    package static let limit = 1 << 20

    private struct Table {
        /// Index 0 is the empty set.
        var sets: [[String: String]] = [[:]]
        var identifiers: [[String: String]: UInt64] = [[:]: 0]
        var overflow: UInt64 = 0
    }

    private static let table = Mutex(Table())

    /// The number of a set, or 0 when the table is full. O(labels), under a lock.
    static func intern(_ labels: [String: String]) -> UInt64 {
        table.withLock { table in
            if let known = table.identifiers[labels] { return known }
            guard table.sets.count < limit else {
                table.overflow += 1
                return 0
            }
            let new = UInt64(table.sets.count)
            table.sets.append(labels)
            table.identifiers[labels] = new
            return new
        }
    }

    /// The number of the set `outer` with `inner` over it: where both have a key, the inner value holds.
    static func join(_ outer: UInt64, _ inner: UInt64) -> UInt64 {
        let joined = intern(labels(outer).merging(labels(inner)) { _, inner in inner })
        return joined == 0 ? outer : joined
    }

    /// The set behind a number; empty for one that was never given out.
    package static func labels(_ identifier: UInt64) -> [String: String] {
        table.withLock { identifier < UInt64($0.sets.count) ? $0.sets[Int(identifier)] : [:] }
    }

    /// Sets that found no room since the process began.
    package static var overflow: UInt64 { table.withLock { $0.overflow } }
}
