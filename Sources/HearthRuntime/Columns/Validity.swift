/// Which items of a column have a value: one bit an item, least significant first, as in Arrow. Without a null there are no
/// bits at all.
public struct Validity: Sendable {
    /// The bits, of which the first ``start`` belong to nobody here; empty while there is no null.
    public private(set) var bytes = ColumnBuffer<UInt8>()
    public private(set) var start = 0
    public private(set) var count = 0
    public private(set) var nullCount = 0

    public init() {}

    /// All of them have a value.
    public init(count: Int) { self.count = count }

    init(bytes: ColumnBuffer<UInt8>, start: Int, count: Int) {
        self.bytes = bytes
        self.start = start
        self.count = count
        nullCount = countNulls()
        if nullCount == 0 { (self.bytes, self.start) = ([], 0) }
    }

    public subscript(_ index: Int) -> Bool {
        precondition(index >= 0 && index < count, "item beyond the column")
        return nullCount == 0 || bytes[(start + index) / 8] & 1 << ((start + index) % 8) != 0
    }

    public mutating func append(_ isValid: Bool) { append(isValid, count: 1) }

    mutating func append(_ isValid: Bool, count added: Int) {
        guard added > 0 else { return }
        if isValid, nullCount == 0 {
            count += added
            return
        }
        makeBits()
        for _ in 0..<added {
            if count % 8 == 0 { bytes.append(0) }
            if isValid { setBit() } else { nullCount += 1 }
            count += 1
        }
    }

    mutating func append(contentsOf other: Validity) {
        if other.nullCount == 0 { return append(true, count: other.count) }
        for item in 0..<other.count { append(other[item]) }
    }

    private mutating func setBit() {
        let (byte, bit) = (count / 8, UInt8(1) << UInt8(count % 8))
        unsafe bytes.withUnsafeMutableBufferPointer { unsafe $0[byte] |= bit }
    }

    /// A bit for everything that is there, from the first bit of the first byte on.
    private mutating func makeBits() {
        if nullCount > 0, start == 0, bytes.count == (count + 7) / 8 { return }
        let old = self
        bytes = ColumnBuffer(repeating: 0, count: (count + 7) / 8)
        (start, count) = (0, 0)
        for item in 0..<old.count {
            if old[item] { setBit() }
            count += 1
        }
    }

    /// Those of a range. O(1), and O(range) to count the nulls where there are some.
    func slice(_ range: Range<Int>) -> Validity {
        if nullCount == 0 { return Validity(count: range.count) }
        return Validity(bytes: bytes, start: start + range.lowerBound, count: range.count)
    }

    private func countNulls() -> Int {
        var valid = 0
        var bit = start
        let end = start + count
        while bit < end {
            if bit % 8 == 0, bit + 8 <= end {
                valid += bytes[bit / 8].nonzeroBitCount
                bit += 8
            } else {
                if bytes[bit / 8] & 1 << (bit % 8) != 0 { valid += 1 }
                bit += 1
            }
        }
        return count - valid
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
