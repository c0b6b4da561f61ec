/// A hash that is the same in every run and on every machine, unlike `Hasher`. Not for adversaries.
enum StableHash {
    private static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let second: UInt64 = 0xD6E8_FEB8_6659_FD93

    /// Multiplies to 128 bits and folds the halves: every bit of the result hangs on every bit given.
    @inline(__always)
    static func mix(_ value: UInt64, _ seed: UInt64) -> UInt64 {
        // Odd, since a factor of zero would forget the value, and an even one a bit of it.
        let product = (value ^ first).multipliedFullWidth(by: (seed ^ second) | 1)
        return product.high ^ product.low
    }

    /// 64 bits of some bytes. O(length).
    static func hash(_ bytes: some Collection<UInt8>, seed: UInt64 = 0) -> UInt64 {
        bytes.withContiguousStorageIfAvailable { unsafe hash(UnsafeRawBufferPointer($0), seed: seed) }
            ?? hash(Array(bytes), seed: seed)
    }

    /// The same of bytes that stand somewhere else, such as in a mapped file.
    static func hash(_ bytes: RawSpan, seed: UInt64 = 0) -> UInt64 {
        unsafe bytes.withUnsafeBytes { unsafe hash($0, seed: seed) }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var state = mix(UInt64(bytes.count), seed)
        unsafe forEachWord(of: bytes) { state = mix($0 ^ state, first &+ seed) }
        return mix(state, first)
    }

    /// Bytes in words of eight, least significant first; the last one filled up with zeros.
    private static func forEachWord(of buffer: UnsafeRawBufferPointer, _ body: (UInt64) -> Void) {
        var offset = 0
        while offset + 8 <= buffer.count {
            body(UInt64(littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        if offset == buffer.count { return }
        var last: UInt64 = 0
        for index in offset..<buffer.count {
            last |= UInt64(unsafe buffer[index]) << UInt64(8 * (index - offset))
        }
        body(last)
    }

    /// 128 bits of some bytes: two hashes of independent seeds.
    static func content(_ bytes: some Collection<UInt8>, seed: UInt64) -> ContentHash {
        ContentHash(high: hash(bytes, seed: seed), low: hash(bytes, seed: ~seed &* first))
    }
}

/// 128 bits that stand for a document's bytes.
struct ContentHash: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    /// Most significant first.
    var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }
}
