/// A handle to a string of one ``StringTable``. It means nothing in another profile.
public struct StringID: Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The empty string, at index 0 of every table.
    public static let empty = StringID(rawValue: 0)

    public static func < (left: StringID, right: StringID) -> Bool { left.rawValue < right.rawValue }
}

/// Strings, each kept once. Index 0 is always the empty string, as pprof wants it.
///
/// Two strings are the same when their UTF-8 is; Swift's `==` also holds for other spellings of one text.
public struct StringTable: Sendable {
    public private(set) var strings: [String] = []
    private var hashes: [UInt64] = []
    private var index = InternIndex()

    public init() { _ = intern("") }

    public var count: Int { strings.count }

    /// The handle of `string`, which is added when it is new. O(length).
    public mutating func intern(_ string: String) -> StringID {
        let hash = Self.hash(string)
        return find(string, hash: hash) ?? append(string, hash: hash)
    }

    /// The handle of `string` if the table holds it. O(length).
    public func find(_ string: String) -> StringID? { find(string, hash: Self.hash(string)) }

    /// The string behind a handle of this table. O(1).
    public subscript(id: StringID) -> String { strings[Int(id.rawValue)] }

    private func find(_ string: String, hash: UInt64) -> StringID? {
        index.find(hash: hash) { candidate in
            hashes[Int(candidate)] == hash && strings[Int(candidate)] == string
        }.map(StringID.init)
    }

    private mutating func append(_ string: String, hash: UInt64) -> StringID {
        let new = UInt32(strings.count)
        strings.append(string)
        hashes.append(hash)
        if index.isFull { grow() }
        index.insert(new, hash: hash)
        return StringID(rawValue: new)
    }

    private mutating func grow() {
        let hashes = hashes
        index.reserveCapacity(hashes.count * 2) { hashes[Int($0)] }
    }

    /// Eight bytes at a time. Names come from files that anyone may have written: the seed keeps them from being chosen to
    /// collide.
    private static func hash(_ string: String) -> UInt64 {
        let bytes = unsafe string.utf8.span.bytes
        var hash = seed ^ UInt64(bytes.byteCount)
        var offset = 0
        while offset &+ 8 <= bytes.byteCount {
            hash = mix(hash, unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
            offset &+= 8
        }
        var rest: UInt64 = 0
        while offset < bytes.byteCount {
            rest = rest << 8 | UInt64(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self))
            offset &+= 1
        }
        return InternIndex.mix(mix(hash, rest))
    }

    /// Both halves of a product: every bit of the one acts on every bit of the other.
    @inline(__always)
    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xBF58_476D_1CE4_E5B9 ^ seed)
        return product.high ^ product.low
    }

    private static let seed = UInt64.random(in: .min ... .max) | 1
}
