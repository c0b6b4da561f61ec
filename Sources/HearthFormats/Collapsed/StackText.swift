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
    private let seeds: Seeds

    /// What hashes go by. Names come from files that anyone may have written: they cannot be chosen to collide.
    struct Seeds {
        let first = UInt64.random(in: .min ... .max)
        let second = UInt64.random(in: .min ... .max) | 1
    }

    /// - Parameters:
    ///   - base: where the text begins.
    ///   - seeds: the same for all texts whose names are told apart by one table.
    init(_ base: UnsafeRawPointer, _ seeds: Seeds) {
        unsafe self.base = base
        unsafe self.seeds = seeds
    }

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
        var hash = unsafe seeds.first
        // Sixteen bytes a product, and the products do not wait for each other.
        while end - offset > 16 {
            let (first, second) = unsafe (word(offset), word(offset + 8))
            let found = unsafe (Self.semicolons(first), Self.semicolons(second))
            if found.0 | found.1 != 0 { break }
            hash = unsafe Self.rotate(hash) ^ mix(first, second)
            offset += 16
        }
        while true {
            let word = unsafe word(offset)
            let found = unsafe Self.semicolons(word)
            let left = end - offset
            if found == 0, left > 8 {
                hash = unsafe Self.rotate(hash) ^ mix(word, 0)
                offset += 8
                continue
            }
            let length = min(found == 0 ? 8 : found.trailingZeroBitCount >> 3, left)
            let rest = length == 8 ? word : word & (1 << UInt64(length << 3) - 1)
            hash = unsafe mix(Self.rotate(hash) ^ rest, UInt64(truncatingIfNeeded: offset - start + length))
            return (offset + length, hash)
        }
    }

    @inline(__always)
    private func word(_ offset: Int) -> UInt64 {
        unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
    }

    /// The highest bit of every byte that is a semicolon; of bytes above the lowest such others may be set too.
    @inline(__always)
    private static func semicolons(_ word: UInt64) -> UInt64 {
        let different = word ^ 0x3B3B_3B3B_3B3B_3B3B
        return (different &- 0x0101_0101_0101_0101) & ~different & 0x8080_8080_8080_8080
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

    /// Whether a part of the text is the same as what stands at `other`, which has the same slack.
    @inline(__always)
    func isEqual(_ part: Range<Int>, _ other: UnsafeRawPointer) -> Bool {
        var offset = 0
        while part.count - offset > 8 {
            let word = unsafe other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if unsafe base.loadUnaligned(fromByteOffset: part.lowerBound + offset, as: UInt64.self) != word {
                return false
            }
            offset += 8
        }
        let word = unsafe other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let different = unsafe base.loadUnaligned(fromByteOffset: part.lowerBound + offset, as: UInt64.self) ^ word
        // Of the last word, what lies behind the part is shifted out.
        return different.littleEndian << UInt64((8 - (part.count - offset)) << 3) == 0
    }

    func buffer(_ part: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: (base + part.lowerBound).assumingMemoryBound(to: UInt8.self), count: part.count)
    }

    /// Both halves of a product: every bit of the one acts on every bit of the other.
    @inline(__always)
    private func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = unsafe (first ^ seeds.first).multipliedFullWidth(by: second ^ seeds.second)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func rotate(_ hash: UInt64) -> UInt64 { hash << 23 | hash >> 41 }
}
