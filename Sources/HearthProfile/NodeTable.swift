/// Nodes of a tree, found by their caller and what they call, as fast as memory allows. What there is to compare stands in the hash
/// table itself, so that knowing a node again takes one read; and where that is follows from the path alone, so that many places
/// can be read ahead, all at once, before the first of them is needed.
///
/// The root is node 0. A node takes 12 bytes and a slot as many.
struct NodeTable: Sendable {
    /// Nodes to read ahead: as many places as the first cache holds beside the rest.
    static let ahead = 256
    /// Of the root.
    static let rootHash: UInt32 = 0

    private struct Slot {
        var caller: UInt32
        var label: UInt32
        /// 0 for a free slot: the root is never looked up.
        var node: UInt32

        static let free = Slot(caller: 0, label: 0, node: 0)
    }

    private(set) var parents: [UInt32] = [0]
    /// What each node stands for: a function's or a frame's number. That of the root means nothing.
    private(set) var labels: [UInt32] = [0]
    private var hashes = [rootHash]
    /// The count is a power of two, at most three quarters full.
    private var slots: [Slot] = Array(repeating: .free, count: 64)
    /// What was read ahead, so that the reads are not left out.
    private var read: UInt32 = 0

    var count: Int { parents.count }

    init() {}

    /// Nodes that are all different, callers before what they call, the root first. O(nodes).
    init(parents: [UInt32], labels: [UInt32]) {
        self.parents = parents
        self.labels = labels
        hashes = Array(repeating: Self.rootHash, count: parents.count)
        for node in 1..<max(parents.count, 1) {
            hashes[node] = Self.hash(hashes[Int(parents[node])], calling: labels[node])
        }
        rebuild(Self.slotCount(for: parents.count, from: slots.count))
    }

    /// Of a path with one node more.
    @inline(__always)
    static func hash(_ caller: UInt32, calling label: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: InternIndex.mix(UInt64(caller) << 32 | UInt64(label)))
    }

    /// Reads the place of a node that is looked up soon.
    @inline(__always)
    mutating func readAhead(_ hash: UInt32) { read &+= slots[Int(hash) & (slots.count - 1)].node }

    /// The node of `label` under `caller`, which is made when it is new. O(1) on average.
    mutating func child(of caller: UInt32, calling label: UInt32) -> UInt32 {
        reserve(count + 1)
        return child(of: caller, calling: label, hash: Self.hash(hashes[Int(caller)], calling: label))
    }

    /// The same of a node whose hash is known, and for which room was reserved. O(1) on average.
    @inline(__always)
    mutating func child(of caller: UInt32, calling label: UInt32, hash: UInt32) -> UInt32 {
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while true {
            let slot = slots[place]
            if slot.node == 0 { break }
            if slot.caller == caller, slot.label == label { return slot.node }
            place = (place + 1) & mask
        }
        let new = UInt32(count)
        slots[place] = Slot(caller: caller, label: label, node: new)
        parents.append(caller)
        labels.append(label)
        hashes.append(hash)
        return new
    }

    /// One more node, which cannot be found, whether there is one like it or not. O(1).
    mutating func appendNew(of caller: UInt32, calling label: UInt32) -> UInt32 {
        let new = UInt32(count)
        parents.append(caller)
        labels.append(label)
        return new
    }

    /// The nodes; the table is empty then, and takes no memory.
    mutating func finish() -> (parents: [UInt32], labels: [UInt32]) {
        let result = (parents, labels)
        self = NodeTable()
        return result
    }

    /// Makes room for as many nodes as that in all.
    mutating func reserve(_ wanted: Int) {
        let size = Self.slotCount(for: wanted, from: slots.count)
        if size > slots.count { rebuild(size) }
    }

    private static func slotCount(for nodes: Int, from least: Int) -> Int {
        var size = least
        while nodes * 4 > size * 3 { size *= 2 }
        return size
    }

    private mutating func rebuild(_ size: Int) {
        slots = []
        slots = unsafe Array(unsafeUninitializedCapacity: size) { buffer, count in
            unsafe HugePages.advise(UnsafeMutableRawBufferPointer(buffer))
            unsafe buffer.initialize(repeating: .free)
            count = size
        }
        for node in 1..<max(count, 1) {
            var place = Int(hashes[node]) & (size - 1)
            while slots[place].node != 0 { place = (place + 1) & (size - 1) }
            slots[place] = Slot(caller: parents[node], label: labels[node], node: UInt32(node))
        }
    }
}
