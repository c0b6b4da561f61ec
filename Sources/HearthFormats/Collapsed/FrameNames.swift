internal import HearthProfile

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Frames by the bytes of their names, so that a name is decoded once and not once a line. Keeps the bytes of each name once.
struct FrameNames {
    private struct Entry {
        var hash: UInt64
        /// In `text`.
        var start: Int
        var length: Int
        var frame: UInt32
    }

    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// Index of an entry + 1, or 0 for a free slot. The count is a power of two, at most half full.
    private var slots = [UInt32](repeating: 0, count: 1024)

    /// The frame of the name at `start`, of `length` bytes with this hash, which `make` gives when it is new. O(length) on
    /// average.
    @inline(__always)
    mutating func frame(
        at start: UnsafePointer<UInt8>, length: Int, hash: UInt64, make: (UnsafeBufferPointer<UInt8>) -> FrameID
    ) -> UInt32 {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot]) - 1]
            if entry.hash == hash, entry.length == length, unsafe isEqual(entry, start) { return entry.frame }
            slot = (slot + 1) & (slots.count - 1)
        }
        return unsafe append(UnsafeBufferPointer(start: start, count: length), hash, make)
    }

    @inline(__always)
    private func isEqual(_ entry: Entry, _ name: UnsafePointer<UInt8>) -> Bool {
        unsafe text.withUnsafeBufferPointer { text in
            guard let base = text.baseAddress else { return false }
            return unsafe memcmp(base + entry.start, name, entry.length) == 0
        }
    }

    @inline(never)
    private mutating func append(
        _ name: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ make: (UnsafeBufferPointer<UInt8>) -> FrameID
    ) -> UInt32 {
        let frame = unsafe make(name).rawValue
        entries.append(Entry(hash: hash, start: text.count, length: name.count, frame: frame))
        unsafe text.append(contentsOf: name)
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
