internal import HearthProfile

/// Addresses of one image, each with its functions. A value: a copy is cheap.
struct FrameTable {
    struct Entry {
        /// Index in a table of names.
        var function: UInt32
        /// Index in a table of files; 0 when not known.
        var file: UInt32
        var line: UInt32
    }

    /// In the order in which they came.
    private(set) var addresses: [UInt64] = []
    /// For each address where its entries end; they begin where those of the one before end.
    private(set) var ends: [UInt32] = []
    /// Outermost function first.
    private(set) var entries: [Entry] = []
    private var index = InternIndex()

    var isEmpty: Bool { addresses.isEmpty }

    /// Where the entries of an address are; nil where nothing is known. O(1) on average.
    func range(of address: UInt64) -> Range<Int>? {
        let found = index.find(hash: InternIndex.mix(address)) { addresses[Int($0)] == address }
        return found.map { range(at: Int($0)) }
    }

    /// The same by the place of the address.
    func range(at place: Int) -> Range<Int> { Int(place == 0 ? 0 : ends[place - 1])..<Int(ends[place]) }

    /// Adds an address that is not known yet.
    mutating func append(_ address: UInt64, _ new: some Sequence<Entry>) {
        let place = UInt32(addresses.count)
        addresses.append(address)
        entries.append(contentsOf: new)
        ends.append(UInt32(entries.count))
        if index.isFull { reserveIndex(addresses.count * 2) }
        index.insert(place, hash: InternIndex.mix(address))
    }

    mutating func reserveCapacity(_ count: Int) {
        addresses.reserveCapacity(count)
        ends.reserveCapacity(count)
        reserveIndex(count)
    }

    private mutating func reserveIndex(_ count: Int) {
        let addresses = addresses
        index.reserveCapacity(count) { InternIndex.mix(addresses[Int($0)]) }
    }

    /// Bytes, about.
    var memorySize: Int { entries.count * MemoryLayout<Entry>.stride + addresses.count * 20 }
}
