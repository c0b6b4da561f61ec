/// Label sets, each kept once under a number, up to a limit.
struct LabelSets {
    /// Sets kept, the empty one included.
    let limit: Int
    /// Index 0 is the empty set.
    private var sets: [[String: String]] = [[:]]
    private var identifiers: [[String: String]: UInt64] = [[:]: 0]
    /// Sets that found no room.
    private(set) var overflow: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    /// The number of a set; nil, and counted, when the table is full. O(labels).
    mutating func intern(_ labels: [String: String]) -> UInt64? {
        if let known = identifiers[labels] { return known }
        guard sets.count < limit else {
            overflow += 1
            return nil
        }
        let new = UInt64(sets.count)
        sets.append(labels)
        identifiers[labels] = new
        return new
    }

    /// The number of the set `outer` with `inner` over it: where both have a key, the inner value holds. `outer` when the
    /// table is full.
    mutating func join(_ outer: UInt64, _ inner: UInt64) -> UInt64 {
        intern(self[outer].merging(self[inner]) { _, inner in inner }) ?? outer
    }

    /// The set behind a number; empty for one that was never given out.
    subscript(identifier: UInt64) -> [String: String] {
        identifier < UInt64(sets.count) ? sets[Int(identifier)] : [:]
    }
}
