internal import CZlib

/// The frame around every part of a segment.
///
/// ```
/// u32   sync, "HREC"
/// u8    kind, then three zeros
/// u32   bytes of payload
/// u32   CRC-32 of kind, size and payload
/// bytes payload
/// ```
/// All numbers are little-endian.
enum RecordFrame {
    static let headerSize = 16
    static let sync: UInt32 = 0x4345_5248

    struct Header {
        /// A `StoreFormat.RecordKind`, or what a later version has added.
        var kind: UInt8
        var payloadSize: Int
        var checksum: UInt32

        var size: Int { headerSize + payloadSize }
    }

    /// The record with this payload. O(payload).
    static func framed(_ kind: StoreFormat.RecordKind, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerSize + payload.count)
        bytes.append(fixed: sync)
        bytes.append(contentsOf: [kind.rawValue, 0, 0, 0])
        bytes.append(fixed: UInt32(payload.count))
        let start = checksum(bytes[4..<12], from: 0)
        bytes.append(fixed: checksum(payload[...], from: start))
        bytes.append(contentsOf: payload)
        return bytes
    }

    /// The header that stands at `offset` of `bytes`; nil where there is none, or one that claims what none can be.
    static func header(_ bytes: [UInt8], at offset: Int) -> Header? {
        guard offset >= 0, bytes.count - offset >= headerSize else { return nil }
        var cursor = ByteCursor(bytes, offset..<offset + headerSize)
        guard let start = try? cursor.fixed(UInt32.self), start == sync, let kind = try? cursor.byte(),
            let zeros = try? cursor.range(3), bytes[zeros].allSatisfy({ $0 == 0 }),
            let size = try? cursor.fixed(UInt32.self), Int(size) <= StoreFormat.recordLimit,
            let checksum = try? cursor.fixed(UInt32.self)
        else { return nil }
        return Header(kind: kind, payloadSize: Int(size), checksum: checksum)
    }

    /// Whether the whole record at `offset` lies in `bytes` and is what was written. O(payload).
    static func isWhole(_ header: Header, _ bytes: [UInt8], at offset: Int) -> Bool {
        guard bytes.count - offset >= header.size else { return false }
        let start = checksum(bytes[offset + 4..<offset + 12], from: 0)
        return checksum(bytes[offset + headerSize..<offset + header.size], from: start) == header.checksum
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>, from start: UInt32) -> UInt32 {
        // Nothing has no address, and for that zlib begins anew.
        guard !bytes.isEmpty else { return start }
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            UInt32(truncatingIfNeeded: unsafe crc32_z(UInt(start), bytes.baseAddress, bytes.count))
        }
    }
}
