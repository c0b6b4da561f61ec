internal import HearthProfile

/// Frames by the bytes of their name in a source text, so that a name is decoded once and not once a line.
struct FrameNameIndex {
    private struct Entry {
        var start: Int
        var end: Int
        var hash: UInt64
        var frame: FrameID
    }

    private let source: [UInt8]
    private var entries: [Entry] = []
    /// Index of an entry + 1, or 0 for a free slot. The count is a power of two, at most half full.
    private var slots = [UInt32](repeating: 0, count: 1024)

    init(source: [UInt8]) { self.source = source }

    /// The frame of the name at `range`, which `make` gives when it is new. O(length) on average.
    mutating func frame(_ range: Range<Int>, make: (ArraySlice<UInt8>) -> FrameID) -> FrameID {
        let hash = hash(range)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, isEqual(entry, range) { return entry.frame }
            slot = (slot + 1) & (slots.count - 1)
        }
        let frame = make(source[range])
        entries.append(Entry(start: range.lowerBound, end: range.upperBound, hash: hash, frame: frame))
        slots[slot] = UInt32(entries.count)
        if entries.count * 2 > slots.count { grow() }
        return frame
    }

    private func isEqual(_ entry: Entry, _ range: Range<Int>) -> Bool {
        guard entry.end - entry.start == range.count else { return false }
        let distance = entry.start - range.lowerBound
        for index in range where source[index] != source[index + distance] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
    }

    /// FNV-1a, its bits spread at the end since slots are chosen by the lowest.
    private func hash(_ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(source[index])) &* 0x0000_0100_0000_01B3 }
        return hash ^ (hash >> 29)
    }
}
