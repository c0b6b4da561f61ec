internal import HearthProfile

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Strings one after the other as bytes; index 0 is always the empty one.
///
/// A Swift array of strings and a dictionary would take three times as much for the names of a service, and making a
/// `String` takes longer than all else that is done with one in a query.
struct ByteStrings {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = [0]

    var count: Int { ends.count }

    func range(_ index: UInt32) -> Range<Int> { index == 0 ? 0..<0 : ends[Int(index) - 1]..<ends[Int(index)] }

    /// What is no UTF-8 reads as U+FFFD.
    func text(_ index: UInt32) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    mutating func append(_ string: ArraySlice<UInt8>) {
        bytes.append(contentsOf: string)
        ends.append(bytes.count)
    }

    /// Several strings by their lengths, which add up to the bytes.
    mutating func append(_ strings: ArraySlice<UInt8>, lengths: [Int]) {
        ends.reserveCapacity(ends.count + lengths.count)
        var end = bytes.count
        for length in lengths {
            end += length
            ends.append(end)
        }
        bytes.append(contentsOf: strings)
    }
}

/// Interning, over unsafe bytes: the only such code of the tables.
extension ByteStrings {
    /// The index of the string, which is added when it is new. O(length) on average.
    mutating func intern(_ string: String, _ index: inout InternIndex) -> UInt32 {
        var string = string
        return string.withUTF8 { unsafe intern(UnsafeRawBufferPointer($0), &index) }
    }

    mutating func intern(_ bytes: [UInt8], _ range: Range<Int>, _ index: inout InternIndex) -> UInt32 {
        unsafe bytes.withUnsafeBytes { unsafe intern(UnsafeRawBufferPointer(rebasing: $0[range]), &index) }
    }

    private mutating func intern(_ string: UnsafeRawBufferPointer, _ index: inout InternIndex) -> UInt32 {
        guard unsafe !string.isEmpty else { return 0 }
        let hash = unsafe Self.hash(string)
        if let known = index.find(hash: hash, isEqual: { unsafe isEqual($0, string) }) { return known }
        let new = UInt32(count)
        unsafe self.bytes.append(contentsOf: string)
        ends.append(bytes.count)
        let strings = self
        index.insert(new, hash: hash) { strings.hash($0) }
        return new
    }

    private func hash(_ index: UInt32) -> UInt64 {
        unsafe bytes.withUnsafeBytes { unsafe Self.hash(UnsafeRawBufferPointer(rebasing: $0[range(index)])) }
    }

    private func isEqual(_ index: UInt32, _ other: UnsafeRawBufferPointer) -> Bool {
        let range = range(index)
        guard range.count == other.count else { return false }
        guard range.count > 0 else { return true }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe memcmp(bytes.baseAddress! + range.lowerBound, other.baseAddress!, range.count) == 0
        }
    }

    /// A hash of eight bytes at a time. Not against an enemy: names come from the process itself.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            hash = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash &>> 32
            offset &+= 8
        }
        var last: UInt64 = 0
        while offset < bytes.count {
            last = last << 8 | UInt64(unsafe bytes[offset])
            offset &+= 1
        }
        hash = (hash ^ last) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash &>> 29
    }
}
