/// Numbers as bytes, small ones short: what the script of the page reads one after the other.
struct ByteStream {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func varint(_ value: Int) { varint(UInt64(value)) }

    /// Four bytes, the lowest first.
    mutating func float(_ value: Double) {
        let bits = Float(value).bitPattern
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    /// The bytes as text of four characters for three. O(bytes).
    var base64: [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let present = min(3, bytes.count - start)
            var word = UInt32(0)
            for place in 0..<3 { word = word << 8 | (place < present ? UInt32(bytes[start + place]) : 0) }
            for place in 0..<4 {
                let digit = Int(word >> UInt32(18 - 6 * place)) & 63
                text.append(place <= present ? digits[digit] : UInt8(ascii: "="))
            }
        }
        return text
    }
}
