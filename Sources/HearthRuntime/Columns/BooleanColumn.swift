/// Truth values, one bit an item, with their validity.
public struct BooleanColumn: Sendable {
    /// Bits of the items, set where they are true. (The same layout as that of validity: there "null" means false.)
    private var bits = Validity()
    public private(set) var validity = Validity()

    public init() {}

    public init(_ values: some Sequence<Bool?>) {
        for value in values { append(value) }
    }

    init(bits: Validity, validity: Validity) {
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

    /// The bits from the first one on, packed as Arrow has them; all of them, also where all are true. O(items).
    var packed: ColumnBuffer<UInt8> {
        var bytes = ColumnBuffer<UInt8>(capacity: (count + 7) / 8)
        for first in stride(from: 0, to: count, by: 8) {
            var byte: UInt8 = 0
            for item in first..<min(first + 8, count) where bits[item] { byte |= 1 << UInt8(item - first) }
            bytes.append(byte)
        }
        return bytes
    }
}

extension BooleanColumn: ItemStorage {
    var byteCount: Int { (count + 7) / 8 }
    var emptied: BooleanColumn { BooleanColumn() }

    /// Some of the items, sharing the memory. O(items).
    public func slice(_ range: Range<Int>) -> BooleanColumn {
        BooleanColumn(bits: bits.slice(range), validity: validity.slice(range))
    }

    mutating func append(_ item: Int, of other: BooleanColumn) { append(other[item]) }

    mutating func append(contentsOf other: BooleanColumn) {
        bits.append(contentsOf: other.bits)
        validity.append(contentsOf: other.validity)
    }

    func hash(_ item: Int, into hasher: inout ItemHasher) { hasher.combine(bits[item] ? 1 : 0) }

    func isSame(_ item: Int, as otherItem: Int, of other: BooleanColumn) -> Bool { bits[item] == other.bits[otherItem] }
}
