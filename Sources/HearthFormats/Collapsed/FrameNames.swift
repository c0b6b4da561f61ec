internal import HearthProfile

/// Frames by the hashes of their names, so that a name is decoded once and not once a line.
struct FrameNames {
    private struct Slot {
        var hash: NameHash
        /// The frame's number + 1, or 0 for a free slot.
        var frame: UInt32

        static let free = Slot(hash: NameHash(first: 0, second: 0), frame: 0)
    }

    private var count = 0
    /// The count is a power of two, at most half full.
    private var slots = Array(repeating: Slot.free, count: 1024)

    /// The frame of the name that has this hash, which `make` gives when it is new. O(1) on average.
    @inline(__always)
    mutating func frame(_ hash: NameHash, make: () -> FrameID) -> UInt32 {
        var place = Int(truncatingIfNeeded: hash.first) & (slots.count - 1)
        while slots[place].frame != 0 {
            if slots[place].hash == hash { return slots[place].frame - 1 }
            place = (place + 1) & (slots.count - 1)
        }
        return append(hash, make)
    }

    @inline(never)
    private mutating func append(_ hash: NameHash, _ make: () -> FrameID) -> UInt32 {
        let frame = make().rawValue
        count += 1
        if count * 2 > slots.count {
            let old = slots
            slots = Array(repeating: .free, count: slots.count * 2)
            for slot in old where slot.frame != 0 { place(slot) }
        }
        place(Slot(hash: hash, frame: frame + 1))
        return frame
    }

    private mutating func place(_ slot: Slot) {
        var place = Int(truncatingIfNeeded: slot.hash.first) & (slots.count - 1)
        while slots[place].frame != 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = slot
    }
}
