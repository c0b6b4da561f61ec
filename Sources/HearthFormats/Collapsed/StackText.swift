#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Looks through the text of collapsed stacks eight and sixteen bytes at a time. The memory behind the text must be readable for
/// ``slack`` bytes more.
///
/// Unsafe: every offset is the caller's to keep inside of the text.
@unsafe struct StackText {
    static let slack = 16

    private let base: UnsafeRawPointer
    private let seeds: NameHash.Seeds

    /// - Parameters:
    ///   - base: where the text begins.
    ///   - seeds: the same for all texts whose names are told apart by one table.
    init(_ base: UnsafeRawPointer, _ seeds: NameHash.Seeds) {
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
    func name(from start: Int, to end: Int) -> (end: Int, hash: NameHash) {
        var offset = start
        var hash = unsafe seeds.start
        while true {
            let (first, second) = unsafe (word(offset), word(offset &+ 8))
            let found = unsafe (Self.semicolons(first), Self.semicolons(second))
            if found.0 | found.1 == 0, end &- offset > 16 {
                unsafe seeds.mix(first, second, into: &hash)
                offset &+= 16
                continue
            }
            // No branch asks for the length, which nothing could foretell.
            let places = (found.0.trailingZeroBitCount >> 3, found.1.trailingZeroBitCount >> 3)
            let length = min(places.0 < 8 ? places.0 : 8 &+ places.1, end &- offset)
            unsafe seeds.mix(
                first & Self.mask(min(length, 8)), second & Self.mask(max(length &- 8, 0)), into: &hash)
            offset &+= length
            unsafe seeds.finish(&hash, length: offset &- start)
            return (offset, hash)
        }
    }

    /// The lowest bytes, eight at most.
    @inline(__always)
    private static func mask(_ bytes: Int) -> UInt64 { UInt64(1) << UInt64(bytes << 3) &- 1 }

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
        while count &- offset >= 32 {
            let (one, other) = (first &+ offset, second &+ offset)
            let a = unsafe (word(one), word(one &+ 8), word(one &+ 16), word(one &+ 24))
            let b = unsafe (word(other), word(other &+ 8), word(other &+ 16), word(other &+ 24))
            if (a.0 ^ b.0) | (a.1 ^ b.1) | (a.2 ^ b.2) | (a.3 ^ b.3) != 0 { break }
            offset &+= 32
        }
        while offset < count {
            let difference = unsafe word(first &+ offset) ^ word(second &+ offset)
            if difference != 0 { return min(offset &+ difference.trailingZeroBitCount >> 3, count) }
            offset &+= 8
        }
        return count
    }

    func buffer(_ part: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: (base + part.lowerBound).assumingMemoryBound(to: UInt8.self), count: part.count)
    }
}
