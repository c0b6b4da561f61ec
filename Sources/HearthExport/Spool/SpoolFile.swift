/// The bytes of a file in the spool: a mark, the size and a check sum, then the push. What a crash, a full disk or somebody
/// else left is told by them.
enum SpoolFile {
    private static let mark = Array("hearth push 1\n".utf8)
    private static let headerSize = mark.count + 16

    static func encoded(_ body: [UInt8]) -> [UInt8] {
        mark + littleEndian(UInt64(body.count)) + littleEndian(checkSum(body)) + body
    }

    /// Nil for what was not written so.
    static func decoded(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= headerSize, bytes.starts(with: mark) else { return nil }
        let body = Array(bytes[headerSize...])
        let size = littleEndian(UInt64(body.count))
        guard bytes[mark.count..<mark.count + 8].elementsEqual(size),
            bytes[mark.count + 8..<headerSize].elementsEqual(littleEndian(checkSum(body)))
        else { return nil }
        return body
    }

    private static func littleEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    /// FNV-1a of 64 bits: against damage, not against an attacker, who could write a whole file as well. O(bytes).
    private static func checkSum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
