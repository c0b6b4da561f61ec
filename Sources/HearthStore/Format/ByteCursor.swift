/// Reads what `ByteWriting` wrote. Every read is checked: bytes come from a disk and can claim anything.
struct ByteCursor {
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    /// - Parameter range: inside `bytes`.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var remaining: Int { end - position }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard position < end else { throw Malformed("a record ends early") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformed("a number is too long")
    }

    mutating func signed() throws(Malformed) -> Int64 { Int64(zigzag: try varint()) }

    /// A number that is at most `limit`.
    mutating func number(upTo limit: Int, _ what: StaticString) throws(Malformed) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw Malformed("\(what) is \(value), at most \(limit) is possible") }
        return Int(value)
    }

    /// A number of entries that follow, each of them at least one byte.
    mutating func count(_ what: StaticString) throws(Malformed) -> Int { try number(upTo: remaining, what) }

    /// An entry of a table that holds `count`.
    mutating func index(in count: Int, _ what: StaticString) throws(Malformed) -> UInt32 {
        let value = try varint()
        guard value < UInt64(count) else { throw Malformed("\(what) is \(value) in a table of \(count)") }
        return UInt32(value)
    }

    mutating func text() throws(Malformed) -> String {
        let range = try range(count("the length of a text"))
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// The next `count` bytes, which are passed over.
    mutating func range(_ count: Int) throws(Malformed) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw Malformed("a record ends early") }
        defer { position += count }
        return position..<position + count
    }

    mutating func fixed<Value: FixedWidthInteger>(_ type: Value.Type) throws(Malformed) -> Value {
        let range = try range(Value.bitWidth / 8)
        return range.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: bytes[$1]) }
    }

    func requireEnd() throws(Malformed) {
        guard position == end else { throw Malformed("\(remaining) bytes too many in a record") }
    }
}

/// What is wrong with the content of a record whose checksum is right.
struct Malformed: Error {
    var what: String

    init(_ what: String) { self.what = what }
}
