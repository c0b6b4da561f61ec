/// Truth values, one bit an item, with their validity. Arrow's boolean.
public struct BooleanColumn: Sendable {
    /// Set where an item is true; those of nulls are clear in columns that were made here.
    package private(set) var bits = BitBuffer()
    public private(set) var validity = Validity()

    public init() {}

    public init(_ values: some Sequence<Bool?>) {
        for value in values { append(value) }
    }

    package init(bits: BitBuffer, validity: Validity) {
        precondition(bits.count == validity.count, "a bit an item")
        self.bits = bits
        self.validity = validity
    }

    public var count: Int { validity.count }

    public mutating func append(_ value: Bool?) {
        bits.append(value ?? false)
        validity.append(value != nil)
    }

    /// Appends an item without a value.
    public mutating func appendNull() { append(nil) }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    public subscript(_ index: Int) -> Bool? { validity[index] ? bits[index] : nil }
}

extension BooleanColumn: ItemStorage {
    var byteCount: Int { (count + 7) / 8 }
    var emptied: BooleanColumn { BooleanColumn() }

    /// Some of the items, sharing the memory. O(1), and O(items) where there are nulls.
    public func slice(_ range: Range<Int>) -> BooleanColumn {
        BooleanColumn(bits: bits.slice(range), validity: validity.slice(range))
    }

    mutating func append(_ item: Int, of other: BooleanColumn) { append(other[item]) }

    mutating func append(contentsOf other: BooleanColumn) {
        bits.append(contentsOf: other.bits)
        validity.append(contentsOf: other.validity)
    }

    package func withValidity(_ validity: Validity) -> BooleanColumn { BooleanColumn(bits: bits, validity: validity) }

    func hash(_ item: Int, into hasher: inout ItemHasher) { hasher.combine(bits[item] ? 1 : 0) }

    func isSame(_ item: Int, as otherItem: Int, of other: BooleanColumn) -> Bool { bits[item] == other.bits[otherItem] }

    public static func == (one: BooleanColumn, other: BooleanColumn) -> Bool { one.hasSameItems(as: other) }
    public func hash(into hasher: inout Hasher) { hasher.combine(validity) }
}
