/// CRC-32 as zlib and `.gnu_debuglink` have it.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { (byte: UInt32) in
        var remainder = byte
        for _ in 0..<8 { remainder = remainder & 1 != 0 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        return remainder
    }

    /// O(bytes), about 3 ns a byte.
    static func crc32(_ bytes: RawSpan) -> UInt32 {
        var remainder = UInt32.max
        for offset in bytes.byteOffsets {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            remainder = remainder >> 8 ^ table[Int((remainder ^ UInt32(byte)) & 0xFF)]
        }
        return ~remainder
    }
}
