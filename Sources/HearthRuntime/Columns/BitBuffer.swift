/// Truth values, one bit an item, least significant first, as Arrow has them.
package struct BitBuffer: Sendable {
    /// The bits, of which the first ``start`` belong to nobody here, and those behind the last item neither.
    package private(set) var bytes = ColumnBuffer<UInt8>()
    package private(set) var start = 0
    package private(set) var count = 0

    package init() {}

    package init(repeating value: Bool, count: Int) { append(repeating: value, count: count) }

    /// Bits that lie there.
    package init(bytes: ColumnBuffer<UInt8>, start: Int, count: Int) {
        precondition(start >= 0 && count >= 0 && (start + count + 7) / 8 <= bytes.endIndex, "bits beyond the buffer")
        self.bytes = bytes
        self.start = start
        self.count = count
    }

    package subscript(_ index: Int) -> Bool {
        precondition(index >= 0 && index < count, "item beyond the column")
        return bytes[(start + index) / 8] & 1 << ((start + index) % 8) != 0
    }

    /// The bits of up to eight items from an index on, the first one lowest; zeros behind the last one.
    private func eight(at index: Int) -> UInt8 {
        let (byte, shift) = ((start + index) / 8, (start + index) % 8)
        let known = min(8, count - index)
        var bits = bytes[byte] >> UInt8(shift)
        if shift + known > 8 { bits |= bytes[byte + 1] << UInt8(8 - shift) }
        return known == 8 ? bits : bits & ((1 << UInt8(known)) - 1)
    }

    /// How many are set. O(items).
    var setCount: Int {
        var sum = 0
        for index in stride(from: 0, to: count, by: 8) { sum += eight(at: index).nonzeroBitCount }
        return sum
    }

    package mutating func append(_ value: Bool) {
        prepare()
        if count % 8 == 0 {
            bytes.append(value ? 1 : 0)
        } else {
            // What a slice was cut from may have left something in this bit.
            let (byte, bit) = (count / 8, UInt8(1) << UInt8(count % 8))
            unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                unsafe buffer[byte] = value ? buffer[byte] | bit : buffer[byte] & ~bit
            }
        }
        count += 1
    }

    package mutating func append(repeating value: Bool, count added: Int) {
        var left = added
        while left > 0, count % 8 != 0 || left < 8 {
            append(value)
            left -= 1
        }
        guard left > 0 else { return }
        prepare()
        bytes.append(repeating: value ? .max : 0, count: left / 8)
        count += left / 8 * 8
        for _ in 0..<left % 8 { append(value) }
    }

    package mutating func append(contentsOf other: BitBuffer) {
        prepare()
        bytes.reserve((other.count + 7) / 8)
        var index = 0
        while index < other.count, count % 8 != 0 {
            append(other[index])
            index += 1
        }
        while index < other.count {
            bytes.append(other.eight(at: index))
            count += min(8, other.count - index)
            index += 8
        }
    }

    /// Some of them, sharing the memory. O(1).
    func slice(_ range: Range<Int>) -> BitBuffer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range beyond the column")
        var part = self
        part.start += range.lowerBound
        part.count = range.count
        return part
    }

    /// A slice cannot grow where it lies.
    private mutating func prepare() {
        if start == 0, bytes.startIndex == 0, bytes.count == (count + 7) / 8 { return }
        var whole = BitBuffer()
        whole.append(contentsOf: self)
        self = whole
    }
}
