internal import CZlib

/// A part of a record, deflated (as zlib has it) where that makes it smaller.
///
/// ```
/// varint  bytes as they stand here
/// varint  bytes when inflated; 0 where they stand as they are
/// bytes
/// ```
enum Packing {
    static func append(_ part: [UInt8], to bytes: inout [UInt8]) {
        guard let packed = deflated(part), packed.count < part.count else {
            bytes.append(varint: part.count)
            bytes.append(varint: 0)
            bytes.append(contentsOf: part)
            return
        }
        bytes.append(varint: packed.count)
        bytes.append(varint: part.count)
        bytes.append(contentsOf: packed)
    }

    /// The part that stands at `cursor`. Memory is bounded by ``StoreFormat/recordLimit``, whatever is claimed.
    static func part(_ cursor: inout ByteCursor) throws(Malformed) -> ByteCursor {
        let size = try cursor.count("the size of a part")
        let inflatedSize = try cursor.number(upTo: StoreFormat.recordLimit, "the inflated size of a part")
        let range = try cursor.range(size)
        guard inflatedSize > 0 else { return ByteCursor(cursor.bytes, range) }
        // Deflate's best is 1,032 to 1: what claims more is refused before memory is taken for it.
        guard inflatedSize <= (range.count + 16) * 1_032 else {
            throw Malformed("\(range.count) bytes claim to inflate to \(inflatedSize)")
        }
        guard let part = inflated(cursor.bytes[range], size: inflatedSize) else {
            throw Malformed("a deflated part is corrupt")
        }
        return ByteCursor(part)
    }

    /// Passes over a part without inflating it.
    static func skip(_ cursor: inout ByteCursor) throws(Malformed) {
        let size = try cursor.count("the size of a part")
        _ = try cursor.varint()
        _ = try cursor.range(size)
    }

    /// Nil when zlib has no memory, or for what is too short to gain.
    private static func deflated(_ part: [UInt8]) -> [UInt8]? {
        guard part.count >= 64 else { return nil }
        let room = Int(compressBound(UInt(part.count)))
        var size = UInt(room)
        var isDone = false
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            unsafe part.withUnsafeBufferPointer { part in
                isDone = unsafe compress2(buffer.baseAddress, &size, part.baseAddress, UInt(part.count), 6) == Z_OK
            }
            count = isDone ? Int(size) : 0
        }
        return isDone ? packed : nil
    }

    /// Nil unless it is a stream of exactly this size.
    private static func inflated(_ packed: ArraySlice<UInt8>, size: Int) -> [UInt8]? {
        var got = UInt(size)
        var isDone = false
        let part = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            unsafe packed.withUnsafeBufferPointer { packed in
                isDone = unsafe uncompress(buffer.baseAddress, &got, packed.baseAddress, UInt(packed.count)) == Z_OK
            }
            count = isDone ? Int(got) : 0
        }
        return isDone && got == UInt(size) ? part : nil
    }
}
