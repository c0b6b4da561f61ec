/// Byte strings end to end with their offsets and validity; texts are these too, in UTF-8. Arrow's large binary and large string.
public struct BytesColumn: Sendable {
    /// May be longer than the items: what follows the last one is padding.
    public private(set) var bytes = ColumnBuffer<UInt8>()
    /// Where each item starts, and where the last one ends; those of this column begin at ``start``.
    public private(set) var offsets: ColumnBuffer<Int64> = [0]
    public private(set) var validity = Validity()
    /// The first offset that is this column's: a slice shares the memory of the column it is of.
    public private(set) var start = 0

    public init() {}

    public init(_ texts: some Sequence<String?>) {
        for text in texts { append(text) }
    }

    package init(bytes: ColumnBuffer<UInt8>, offsets: ColumnBuffer<Int64>, start: Int, validity: Validity) {
        self.bytes = bytes
        self.offsets = offsets
        self.start = start
        self.validity = validity
    }

    public var count: Int { validity.count }

    public mutating func reserve(items: Int, bytes count: Int) {
        prepare()
        bytes.reserve(count)
        offsets.reserve(items + 1)
    }

    /// Appends an item. After ``pad(to:)`` the items are copied once, without the padding.
    @inlinable
    public mutating func append(_ item: some Collection<UInt8>) {
        let isDone: Void? = item.withContiguousStorageIfAvailable { unsafe append(buffer: $0) }
        if isDone == nil { append(Array(item)) }
    }

    @usableFromInline
    mutating func append(buffer item: UnsafeBufferPointer<UInt8>) {
        prepare()
        unsafe bytes.append(buffer: item)
        offsets.append(Int64(bytes.count))
        validity.append(true)
    }

    public mutating func append(_ text: String) { append(text.utf8) }

    public mutating func append(_ text: String?) {
        if let text { append(text) } else { appendNull() }
    }

    public mutating func appendNull() {
        prepare()
        offsets.append(Int64(bytes.count))
        validity.append(false)
    }

    /// Sees to it that at least `padding` readable bytes follow the last item, as vectorised parsers want.
    public mutating func pad(to padding: Int) { bytes.append(repeating: 0, count: padding) }

    /// Where an item lies in ``bytes``; empty for a null.
    public func range(_ index: Int) -> Range<Int> {
        let first = Int(offsets[start + index])
        return validity[index] ? first..<Int(offsets[start + index + 1]) : first..<first
    }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    /// The bytes of an item, nil where it has no value. O(1).
    public subscript(_ index: Int) -> ColumnBuffer<UInt8>? { isNull(index) ? nil : bytes[range(index)] }

    /// The item as text, with what is no UTF-8 replaced. O(length).
    public func text(_ index: Int) -> String? {
        guard !isNull(index) else { return nil }
        return String(decoding: bytes[range(index)], as: UTF8.self)
    }

    /// A slice cannot grow where it lies, nor can what has bytes behind its last item.
    private mutating func prepare() {
        if start == 0, offsets.startIndex == 0, offsets.count == count + 1, bytes.startIndex == 0,
            bytes.count == Int(offsets[count])
        {
            return
        }
        var whole = BytesColumn()
        whole.append(contentsOf: self)
        self = whole
    }
}

extension BytesColumn: ItemStorage {
    var byteCount: Int { Int(offsets[start + count] - offsets[start]) + 8 * (count + 1) }
    var emptied: BytesColumn { BytesColumn() }

    /// Some of the items, sharing the memory. O(1), and O(items) where there are nulls.
    public func slice(_ range: Range<Int>) -> BytesColumn {
        BytesColumn(
            bytes: bytes, offsets: offsets, start: start + range.lowerBound, validity: validity.slice(range))
    }

    mutating func append(_ item: Int, of other: BytesColumn) {
        if other.isNull(item) { return appendNull() }
        prepare()
        bytes.append(other.bytes, other.range(item))
        offsets.append(Int64(bytes.count))
        validity.append(true)
    }

    mutating func append(contentsOf other: BytesColumn) {
        prepare()
        let shift = Int64(bytes.count) - other.offsets[other.start]
        bytes.append(
            contentsOf: other.bytes[Int(other.offsets[other.start])..<Int(other.offsets[other.start + other.count])])
        offsets.reserve(other.count)
        for item in 0..<other.count { offsets.append(other.offsets[other.start + item + 1] + shift) }
        validity.append(contentsOf: other.validity)
    }

    package func withValidity(_ validity: Validity) -> BytesColumn {
        BytesColumn(bytes: bytes, offsets: offsets, start: start, validity: validity)
    }

    func hash(_ item: Int, into hasher: inout ItemHasher) { hasher.combine(bytes[range(item)]) }

    func isSame(_ item: Int, as otherItem: Int, of other: BytesColumn) -> Bool {
        bytes[range(item)] == other.bytes[other.range(otherItem)]
    }

    public static func == (one: BytesColumn, other: BytesColumn) -> Bool { one.hasSameItems(as: other) }
    public func hash(into hasher: inout Hasher) { hasher.combine(validity) }
}
