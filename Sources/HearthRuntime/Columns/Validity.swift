/// Which items of a column have a value: one bit an item, least significant first, as in Arrow. Without a null there are no
/// bits at all.
public struct Validity: Sendable {
    /// Empty while there is no null.
    package private(set) var bits = BitBuffer()
    public private(set) var count = 0
    public private(set) var nullCount = 0

    public init() {}

    /// All of them have a value.
    public init(count: Int) { self.count = count }

    package init(_ bits: BitBuffer) {
        count = bits.count
        nullCount = bits.count - bits.setCount
        if nullCount > 0 { self.bits = bits }
    }

    /// The bits, of which the first ``start`` belong to nobody here; empty while there is no null.
    public var bytes: ColumnBuffer<UInt8> { bits.bytes }
    public var start: Int { bits.start }

    public subscript(_ index: Int) -> Bool {
        precondition(index >= 0 && index < count, "item beyond the column")
        return nullCount == 0 || bits[index]
    }

    public mutating func append(_ isValid: Bool) { append(isValid, count: 1) }

    mutating func append(_ isValid: Bool, count added: Int) {
        guard added > 0 else { return }
        if !isValid || nullCount > 0 {
            makeBits()
            bits.append(repeating: isValid, count: added)
            if !isValid { nullCount += added }
        }
        count += added
    }

    mutating func append(contentsOf other: Validity) {
        if other.nullCount == 0 { return append(true, count: other.count) }
        makeBits()
        bits.append(contentsOf: other.bits)
        count += other.count
        nullCount += other.nullCount
    }

    private mutating func makeBits() {
        if nullCount == 0 { bits = BitBuffer(repeating: true, count: count) }
    }

    /// Those of a range. O(1), and O(range) to count the nulls where there are some.
    func slice(_ range: Range<Int>) -> Validity {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range beyond the column")
        return nullCount == 0 ? Validity(count: range.count) : Validity(bits.slice(range))
    }

    /// Valid where both are.
    ///
    /// - Precondition: both have the same number of items.
    package func intersection(_ other: Validity) -> Validity {
        precondition(count == other.count, "validities of columns of one length")
        if other.nullCount == 0 { return self }
        if nullCount == 0 { return other }
        var both = BitBuffer()
        for item in 0..<count { both.append(bits[item] && other.bits[item]) }
        return Validity(both)
    }
}

extension Validity: Hashable {
    public static func == (one: Validity, other: Validity) -> Bool {
        one.count == other.count && one.nullCount == other.nullCount
            && (one.nullCount == 0 || (0..<one.count).allSatisfy { one[$0] == other[$0] })
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(nullCount)
    }
}
