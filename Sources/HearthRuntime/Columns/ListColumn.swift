/// A list of texts an item: the texts end to end, and where each list starts. Arrow's large list of large strings.
public struct ListColumn: Sendable {
    public private(set) var values = BytesColumn()
    /// Where each list starts in ``values``, and where the last one ends; those of this column begin at ``start``.
    public private(set) var offsets: ColumnBuffer<Int64> = [0]
    public private(set) var validity = Validity()
    /// A slice shares the memory of the column it is of.
    public private(set) var start = 0

    public init() {}

    public init(_ lists: some Sequence<[String]?>) {
        for list in lists {
            for text in list ?? [] { appendValue(text.utf8) }
            finishList(isNull: list == nil)
        }
    }

    /// - Precondition: the last offset is the number of values, or behind the items are others.
    package init(values: BytesColumn, offsets: ColumnBuffer<Int64>, start: Int, validity: Validity) {
        self.values = values
        self.offsets = offsets
        self.start = start
        self.validity = validity
    }

    public var count: Int { validity.count }

    /// Appends a text to the list under construction.
    @inlinable
    public mutating func appendValue(_ value: some Collection<UInt8>) {
        let isDone: Void? = value.withContiguousStorageIfAvailable { unsafe appendValue(buffer: $0) }
        if isDone == nil { appendValue(Array(value)) }
    }

    @usableFromInline
    mutating func appendValue(buffer value: UnsafeBufferPointer<UInt8>) {
        prepare()
        unsafe values.append(buffer: value)
    }

    /// Ends the list of one item.
    public mutating func finishList(isNull: Bool = false) {
        prepare()
        offsets.append(Int64(values.count))
        validity.append(!isNull)
    }

    /// Appends an item without a list.
    public mutating func appendNull() { finishList(isNull: true) }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    /// The indexes in ``values`` of an item's texts.
    public func range(_ index: Int) -> Range<Int> {
        let first = Int(offsets[start + index])
        return validity[index] ? first..<Int(offsets[start + index + 1]) : first..<first
    }

    /// The texts of an item, nil where it has no list; a text that is null, which only imported lists have, is left out. O(length).
    public subscript(_ index: Int) -> [String]? { isNull(index) ? nil : range(index).compactMap { values.text($0) } }

    private mutating func prepare() {
        if start == 0, offsets.startIndex == 0, offsets.count == count + 1 { return }
        var whole = ListColumn()
        whole.append(contentsOf: self)
        self = whole
    }
}

extension ListColumn: ItemStorage {
    private var valueRange: Range<Int> { Int(offsets[start])..<Int(offsets[start + count]) }
    var byteCount: Int { values.slice(valueRange).byteCount + 8 * (count + 1) }
    var emptied: ListColumn { ListColumn() }

    /// Some of the items, sharing the memory. O(1), and O(items) where there are nulls.
    public func slice(_ range: Range<Int>) -> ListColumn {
        ListColumn(values: values, offsets: offsets, start: start + range.lowerBound, validity: validity.slice(range))
    }

    mutating func append(_ item: Int, of other: ListColumn) {
        prepare()
        for value in other.range(item) { values.append(value, of: other.values) }
        finishList(isNull: other.isNull(item))
    }

    mutating func append(contentsOf other: ListColumn) {
        prepare()
        let shift = Int64(values.count) - other.offsets[other.start]
        values.append(contentsOf: other.values.slice(other.valueRange))
        for item in 0..<other.count { offsets.append(other.offsets[other.start + item + 1] + shift) }
        validity.append(contentsOf: other.validity)
    }

    package func withValidity(_ validity: Validity) -> ListColumn {
        ListColumn(values: values, offsets: offsets, start: start, validity: validity)
    }

    func hash(_ item: Int, into hasher: inout ItemHasher) {
        hasher.combine(UInt64(range(item).count))
        for value in range(item) { values.hash(value, into: &hasher) }
    }

    func isSame(_ item: Int, as otherItem: Int, of other: ListColumn) -> Bool {
        let (mine, others) = (range(item), other.range(otherItem))
        return mine.count == others.count
            && zip(mine, others).allSatisfy { values.hasSame($0, as: $1, of: other.values) }
    }

    public static func == (one: ListColumn, other: ListColumn) -> Bool { one.hasSameItems(as: other) }
    public func hash(into hasher: inout Hasher) { hasher.combine(validity) }
}
