internal import Synchronization

/// One batch on its way: its columns by slot, and which items were set aside on the way to each.
///
/// Steps that run at once write different slots, and a slot is read only by those that were told that it is there: what tells
/// them orders the accesses. The one unsafe file of the execution, with ``NodeInput`` above it.
@safe
final class BatchFrame: @unchecked Sendable {
    let batch: Int
    let count: Int
    let run: String
    /// The stream that it is one of.
    let passage: Passage?
    private let slots: UnsafeMutablePointer<Column?>
    private let slotCount: Int
    /// The slots that an input outside of a pipeline reads: all of them, in order.
    private let identity: UnsafeMutablePointer<Int32>?
    private let rejected = Mutex<[Int: [Rejection]]>([:])
    private let isAnyRejected = Atomic(false)
    /// Where bytes are counted; nil where nobody wants to know.
    private let gauge: MemoryGauge?

    init(slotCount: Int, count: Int, batch: Int, run: String, gauge: MemoryGauge?, passage: Passage?) {
        self.gauge = gauge
        self.passage = passage
        self.batch = batch
        self.count = count
        self.run = run
        self.slotCount = slotCount
        unsafe slots = .allocate(capacity: max(1, slotCount))
        unsafe slots.initialize(repeating: nil, count: slotCount)
        unsafe identity = nil
    }

    /// Columns that a single body reads, in order.
    init(_ columns: [Column], count: Int, rejections: [Rejection] = [], batch: Int = 0, run: String = "run") {
        self.batch = batch
        self.count = count
        self.run = run
        gauge = nil
        passage = nil
        slotCount = columns.count
        unsafe slots = .allocate(capacity: max(1, columns.count))
        let numbers = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, columns.count))
        for (slot, column) in columns.enumerated() {
            unsafe (slots + slot).initialize(to: column)
            unsafe (numbers + slot).initialize(to: Int32(slot))
        }
        unsafe identity = numbers
        if !columns.isEmpty { setRejections(rejections, slot: 0) }
    }

    deinit {
        for slot in 0..<slotCount where unsafe slots[slot] != nil { release(slot: slot) }
        unsafe slots.deallocate()
        unsafe identity?.deallocate()
    }

    func withInput<R>(_ body: (borrowing NodeInput) throws -> R) rethrows -> R {
        guard let identity = unsafe identity else { preconditionFailure("a frame of a pipeline has many inputs") }
        return try unsafe body(
            NodeInput(self, slots: identity, columnCount: slotCount, lastReads: identity, lastReadCount: slotCount))
    }

    func withInput<R>(_ body: (borrowing NodeInput) async throws -> R) async rethrows -> R {
        guard let identity = unsafe identity else { preconditionFailure("a frame of a pipeline has many inputs") }
        return try await unsafe body(
            NodeInput(self, slots: identity, columnCount: slotCount, lastReads: identity, lastReadCount: slotCount))
    }

    // MARK: Columns

    /// For who knows that no bytes are counted.
    @unsafe var mutableColumnsBySlot: UnsafeMutablePointer<Column?> {
        precondition(gauge == nil, "columns are set and let go one by one where their bytes are counted")
        return unsafe slots
    }

    @unsafe var columnsBySlot: UnsafePointer<Column?> { unsafe UnsafePointer(slots) }

    @inline(__always)
    func column(_ slot: Int) -> Column {
        guard slot >= 0, slot < slotCount, let column = unsafe slots[slot] else {
            preconditionFailure("a column was read before it was made, or after it was let go")
        }
        return column
    }

    @inline(__always)
    func set(_ column: Column, slot: Int) {
        precondition(slot >= 0 && slot < slotCount, "the batch has no such slot")
        if let gauge { gauge.add(column.byteCount - (unsafe slots[slot]?.byteCount ?? 0)) }
        unsafe slots[slot] = column
    }

    @inline(__always)
    func release(slot: Int) {
        precondition(slot >= 0 && slot < slotCount, "the batch has no such slot")
        if let gauge, let column = unsafe slots[slot] { gauge.add(-column.byteCount) }
        unsafe slots[slot] = nil
    }

    func take(slot: Int) -> Column? {
        precondition(slot >= 0 && slot < slotCount, "the batch has no such slot")
        let column = unsafe (slots + slot).move()
        unsafe (slots + slot).initialize(to: nil)
        if let gauge, let column { gauge.add(-column.byteCount) }
        return column
    }

    // MARK: Items set aside

    @inline(__always)
    var hasRejections: Bool { isAnyRejected.load(ordering: .acquiring) }

    /// - Parameter rejections: by item, each item once.
    func setRejections(_ rejections: [Rejection], slot: Int) {
        guard !rejections.isEmpty else { return }
        rejected.withLock { $0[slot] = rejections }
        isAnyRejected.store(true, ordering: .releasing)
    }

    /// All items but these, in order.
    func items(without rejections: [Rejection]) -> [Int] {
        let rejected = Set(rejections.lazy.map(\.item))
        return rejected.isEmpty ? Array(0..<count) : (0..<count).filter { !rejected.contains($0) }
    }

    /// Those on the way to any of these slots: by item, each item once; of several for one item, that of the first slot.
    func rejections(slots: some Sequence<Int>) -> [Rejection] {
        guard hasRejections else { return [] }
        return rejected.withLock { table in Rejection.merged(slots.map { table[$0] ?? [] }) }
    }

    /// That of one item on the way to a slot. O(log rejections).
    func rejection(of item: Int, slot: Int) -> Rejection? {
        guard hasRejections else { return nil }
        return rejected.withLock { table in
            guard let rejections = table[slot] else { return nil }
            var (low, high) = (0, rejections.count)
            while low < high {
                let middle = (low + high) / 2
                if rejections[middle].item < item { low = middle + 1 } else { high = middle }
            }
            return low < rejections.count && rejections[low].item == item ? rejections[low] : nil
        }
    }
}

extension Rejection {
    /// By item, each item once; of several for one item, the first.
    static func inOrder(_ rejections: [Rejection]) -> [Rejection] {
        guard rejections.count > 1 else { return rejections }
        var byItem: [Int: Rejection] = [:]
        for rejection in rejections where byItem[rejection.item] == nil { byItem[rejection.item] = rejection }
        return byItem.values.sorted { $0.item < $1.item }
    }

    /// Lists that are in order put together; of several for one item, that of the first list.
    ///
    /// Most nodes add nothing to what was set aside before them: then all share the memory of one list.
    static func merged(_ lists: [[Rejection]]) -> [Rejection] {
        let lists = lists.filter { !$0.isEmpty }
        guard let first = lists.first else { return [] }
        if lists.dropFirst().allSatisfy({ $0 == first }) { return first }
        return inOrder(Array(lists.joined()))
    }
}
