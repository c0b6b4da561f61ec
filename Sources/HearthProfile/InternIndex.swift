/// The hash index behind the interned tables: 4 bytes a slot, the keys stay in the table that owns it.
///
/// A Swift dictionary would keep every key a second time; at three million stacks that is the larger part of the memory.
/// Looking up is inlined into other targets, where the comparison would be a call each.
package struct InternIndex: Sendable {
    /// Identifier + 1, or 0 for a free slot. The count is a power of two, at most three quarters full.
    @usableFromInline var slots: [UInt32] = Array(repeating: 0, count: 16)
    /// Identifiers inside. They are handed out in order, so a table with more has some that were not looked up yet.
    package private(set) var count = 0

    package init() {}

    /// The identifier with this hash for which `isEqual` holds. O(1) on average.
    @inlinable package func find(hash: UInt64, isEqual: (UInt32) -> Bool) -> UInt32? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if isEqual(slots[slot] - 1) { return slots[slot] - 1 }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds an identifier that `find` did not know. `hashOf` gives the hash of any identifier already inside.
    package mutating func insert(_ identifier: UInt32, hash: UInt64, hashOf: (UInt32) -> UInt64) {
        if isFull { grow(to: slots.count * 2, hashOf) }
        insert(identifier, hash: hash)
    }

    /// Whether the next identifier needs more slots.
    package var isFull: Bool { (count + 1) * 4 > slots.count * 3 }

    /// Adds an identifier that `find` did not know, to an index that is not full.
    package mutating func insert(_ identifier: UInt32, hash: UInt64) {
        place(identifier, hash)
        count += 1
    }

    /// Adds the identifiers up to `end`, none of which is inside.
    package mutating func insert(upTo end: Int, hashOf: (UInt32) -> UInt64) {
        reserveCapacity(end, hashOf: hashOf)
        while count < end { insert(UInt32(count), hash: hashOf(UInt32(count))) }
    }

    /// Makes room for as many identifiers as that in all.
    package mutating func reserveCapacity(_ capacity: Int, hashOf: (UInt32) -> UInt64) {
        var size = slots.count
        while capacity * 4 > size * 3 { size *= 2 }
        if size > slots.count { grow(to: size, hashOf) }
    }

    /// Spreads the bits of a key over the word (the finaliser of SplitMix64).
    @inlinable package static func mix(_ key: UInt64) -> UInt64 {
        var word = key &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    private mutating func place(_ identifier: UInt32, _ hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = identifier + 1
    }

    private mutating func grow(to size: Int, _ hashOf: (UInt32) -> UInt64) {
        let old = slots
        slots = Array(repeating: 0, count: size)
        for entry in old where entry != 0 { place(entry - 1, hashOf(entry - 1)) }
    }
}
