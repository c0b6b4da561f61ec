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
    private let slots: UnsafeMutablePointer<Column?>
    private let slotCount: Int
    /// The slots that an input outside of a pipeline reads: all of them, in order.
    private let identity: UnsafeMutablePointer<Int32>?
    private let rejected = Mutex<[Int: [Rejection]]>([:])
    private let isAnyRejected = Atomic(false)
    /// Where bytes are counted; nil where nobody wants to know.
    private let gauge: MemoryGauge?

    init(slotCount: Int, count: Int, batch: Int, run: String, gauge: MemoryGauge?) {
        self.gauge = gauge
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

    func setRejections(_ rejections: [Rejection], slot: Int) {
        guard !rejections.isEmpty else { return }
        rejected.withLock { $0[slot] = rejections }
        isAnyRejected.store(true, ordering: .releasing)
    }

    /// Those on the way to any of these slots: by item, each item once; of several for one item, that of the first slot.
    func rejections(slots: some Sequence<Int>) -> [Rejection] {
        guard hasRejections else { return [] }
        return rejected.withLock { table in Rejection.merged(slots.map { table[$0] ?? [] }) }
    }
}

extension Rejection {
    /// By item, each item once; of several for one item, the first.
    static func merged(_ lists: [[Rejection]]) -> [Rejection] {
        guard lists.contains(where: { !$0.isEmpty }) else { return [] }
        var byItem: [Int: Rejection] = [:]
        for rejection in lists.joined() where byItem[rejection.item] == nil { byItem[rejection.item] = rejection }
        return byItem.values.sorted { $0.item < $1.item }
    }
}
