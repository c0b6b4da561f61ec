/// What every kind of column can do with its items.
protocol ItemStorage: Hashable, Sendable {
    var count: Int { get }
    /// Of the items, without what is shared with others before and behind them.
    var byteCount: Int { get }
    /// Nothing yet, of the same type.
    var emptied: Self { get }

    func isNull(_ item: Int) -> Bool
    /// Some of the items, sharing the memory.
    func slice(_ range: Range<Int>) -> Self
    /// The same items, of which others have a value.
    func withValidity(_ validity: Validity) -> Self
    mutating func append(_ item: Int, of other: Self)
    mutating func appendNull()
    mutating func append(contentsOf other: Self)
    /// Not called for a null.
    func hash(_ item: Int, into hasher: inout ItemHasher)
    /// Bit for bit; not called for nulls.
    func isSame(_ item: Int, as otherItem: Int, of other: Self) -> Bool
}

/// 128 bits of what an item is, by which equal ones are found. Different within every process: who could choose it, could choose
/// items that collide. Equal hashes are still compared.
struct ItemHash: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
}

struct ItemHasher {
    private var high: UInt64
    private var low: UInt64

    private static let seed = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    private static let factor: (UInt64, UInt64) = (0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93)

    init() { (high, low) = Self.seed }

    mutating func combine(_ value: UInt64) {
        let one = (value ^ high).multipliedFullWidth(by: Self.factor.0)
        let other = (value ^ low.byteSwapped).multipliedFullWidth(by: Self.factor.1)
        high = high.rotated &+ one.high ^ one.low
        low = low.rotated &+ other.high ^ other.low
    }

    mutating func combine(_ bytes: ColumnBuffer<UInt8>) {
        combine(UInt64(bytes.count))
        unsafe bytes.withUnsafeBufferPointer { buffer in
            let raw = UnsafeRawBufferPointer(buffer)
            var offset = 0
            while offset + 8 <= raw.count {
                combine(unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            var last: UInt64 = 0
            for index in offset..<raw.count { last = last << 8 | UInt64(unsafe raw[index]) }
            if offset < raw.count { combine(last) }
        }
    }

    consuming func finish() -> ItemHash {
        combine(0)
        return ItemHash(high: high, low: low)
    }
}

extension UInt64 {
    fileprivate var rotated: UInt64 { self << 29 | self >> 35 }
}
