internal import HearthProfile

/// Frames by the bytes of their names, so that a name is decoded once and not once a line. Keeps the bytes of each name once.
struct FrameNames {
    private struct Entry {
        var hash: UInt64
        /// In `text`.
        var start: Int
        var length: UInt32
        var frame: UInt32
    }

    /// With as much behind the last name as ``StackText`` reads over an end.
    private var text = [UInt8](repeating: 0, count: unsafe StackText.slack)
    private var entries: [Entry] = []
    /// Index of an entry + 1, or 0 for a free slot. The count is a power of two, at most half full.
    private var slots = [UInt32](repeating: 0, count: 1024)

    /// The frame of a name of `source` that has this hash, which `make` gives when it is new. O(length) on average.
    @inline(__always)
    mutating func frame(
        _ name: Range<Int>, of source: StackText, hash: UInt64, make: (UnsafeBufferPointer<UInt8>) -> FrameID
    ) -> UInt32 {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, Int(entry.length) == name.count {
                let isEqual = unsafe text.withUnsafeBytes { text in
                    guard let base = text.baseAddress else { return false }
                    return unsafe source.isEqual(name, base + entry.start)
                }
                if isEqual { return entry.frame }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return unsafe append(source.buffer(name), hash, make)
    }

    @inline(never)
    private mutating func append(
        _ name: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ make: (UnsafeBufferPointer<UInt8>) -> FrameID
    ) -> UInt32 {
        let frame = unsafe make(name).rawValue
        let start = unsafe text.count - StackText.slack
        entries.append(Entry(hash: hash, start: start, length: UInt32(name.count), frame: frame))
        unsafe text.replaceSubrange(start..<start, with: name)
        if entries.count * 2 > slots.count {
            slots = Array(repeating: 0, count: slots.count * 2)
            for index in entries.indices { place(index) }
        } else {
            place(entries.count - 1)
        }
        return frame
    }

    private mutating func place(_ index: Int) {
        var slot = Int(truncatingIfNeeded: entries[index].hash) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = UInt32(index + 1)
    }
}
