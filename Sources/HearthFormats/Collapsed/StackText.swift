#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Looks through the text of collapsed stacks eight bytes at a time. The memory behind the text must be readable for
/// ``slack`` bytes more.
///
/// Unsafe: every offset is the caller's to keep inside of the text.
@unsafe struct StackText {
    static let slack = 8

    private let base: UnsafeRawPointer

    init(_ base: UnsafeRawPointer) { unsafe self.base = base }

    subscript(offset: Int) -> UInt8 {
        @inline(__always) get { unsafe base.load(fromByteOffset: offset, as: UInt8.self) }
    }

    /// Where the line that begins at `start` ends, its line break not counted; nil where there is none before `end`.
    @inline(__always)
    func lineBreak(from start: Int, to end: Int) -> Int? {
        unsafe memchr(base + start, Int32(UInt8(ascii: "\n")), end - start).map { unsafe UnsafeRawPointer($0) - base }
    }

    /// Where the name that begins at `start` ends, before `end` at the latest, and its hash.
    @inline(__always)
    func name(from start: Int, to end: Int) -> (end: Int, hash: UInt64) {
        var offset = start
        var hash = unsafe Self.seed
        while true {
            let word = unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
            // A byte is zero where there is a semicolon; the lowest bit that is set stands in the first of these.
            let matches = word ^ 0x3B3B_3B3B_3B3B_3B3B
            let found = (matches &- 0x0101_0101_0101_0101) & ~matches & 0x8080_8080_8080_8080
            let left = end - offset
            if found == 0, left > 8 {
                hash = unsafe Self.mix(hash ^ word)
                offset += 8
                continue
            }
            let length = min(found == 0 ? 8 : found.trailingZeroBitCount >> 3, left)
            let rest = length == 8 ? word : word & (1 << UInt64(length << 3) - 1)
            hash = unsafe Self.mix(Self.mix(hash ^ rest) ^ UInt64(truncatingIfNeeded: offset - start + length))
            return (offset + length, hash)
        }
    }

    /// How many bytes two places have in common, `count` at most.
    @inline(__always)
    func common(_ first: Int, _ second: Int, count: Int) -> Int {
        var offset = 0
        while offset < count {
            let a = unsafe base.loadUnaligned(fromByteOffset: first + offset, as: UInt64.self)
            let b = unsafe base.loadUnaligned(fromByteOffset: second + offset, as: UInt64.self)
            let difference = (a ^ b).littleEndian
            if difference != 0 { return min(offset + difference.trailingZeroBitCount >> 3, count) }
            offset += 8
        }
        return count
    }

    func pointer(_ offset: Int) -> UnsafePointer<UInt8> {
        unsafe (base + offset).assumingMemoryBound(to: UInt8.self)
    }

    /// Both halves of a product: every bit of the one acts on every bit of the other.
    @inline(__always)
    private static func mix(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0xBF58_476D_1CE4_E5B9)
        return product.high ^ product.low
    }

    /// Names come from files that anyone may have written: they cannot be chosen to collide.
    private static let seed = UInt64.random(in: .min ... .max)
}
