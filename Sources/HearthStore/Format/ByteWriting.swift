/// How numbers and text stand in a record.
extension [UInt8] {
    /// Unsigned LEB128: seven bits a byte, the lowest first.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(varint value: Int) { append(varint: UInt64(value)) }

    mutating func append(varint value: UInt32) { append(varint: UInt64(value)) }

    /// A signed number as the varint of 0, −1, 1, −2, … counted from 0.
    mutating func append(signed value: Int64) { append(varint: value.zigzag) }

    mutating func append(text: String) {
        append(varint: text.utf8.count)
        append(contentsOf: text.utf8)
    }

    mutating func append<Value: FixedWidthInteger>(fixed value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }
}

extension Int64 {
    /// 0, −1, 1, −2, … as 0, 1, 2, 3, …: small numbers of either sign are small.
    var zigzag: UInt64 { UInt64(bitPattern: (self << 1) ^ (self >> 63)) }

    init(zigzag value: UInt64) { self = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1) }
}
