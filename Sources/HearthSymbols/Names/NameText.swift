/// A demangled name as bytes, with the few questions that shortening asks. Every scan goes forward and stops at the end.
struct NameText {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    var all: Range<Int> { 0..<bytes.count }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func byte(_ position: Int, before end: Int) -> UInt8? { position < end ? bytes[position] : nil }

    /// Whether `word` stands at `position`.
    @inline(__always)
    func has(_ word: StaticString, at position: Int, before end: Int) -> Bool {
        let count = word.utf8CodeUnitCount
        // Most places differ in their first byte.
        guard position + count <= end, unsafe bytes[position] == word.utf8Start.pointee else { return false }
        return word.withUTF8Buffer { buffer in
            for index in 0..<count where unsafe buffer[index] != bytes[position + index] { return false }
            return true
        }
    }

    /// The first place of `word` in `range`.
    func find(_ word: StaticString, in range: Range<Int>) -> Int? {
        var position = range.lowerBound
        let end = range.upperBound
        let last = end - word.utf8CodeUnitCount
        while position <= last {
            if has(word, at: position, before: end) { return position }
            position += 1
        }
        return nil
    }

    /// The first place of `word` in `range` that no bracket opened in the range encloses.
    func findOutsideBrackets(_ word: StaticString, in range: Range<Int>) -> Int? {
        var depth = 0
        for position in range {
            if depth == 0, has(word, at: position, before: range.upperBound) { return position }
            depth += bracket(at: position, in: range)
            if depth < 0 { depth = 0 }
        }
        return nil
    }

    /// The last place of `word` in `range` that no bracket opened in the range encloses.
    func findLastOutsideBrackets(_ word: StaticString, in range: Range<Int>) -> Int? {
        var last: Int?
        var start = range.lowerBound
        while let found = findOutsideBrackets(word, in: start..<range.upperBound) {
            last = found
            start = found + 1
        }
        return last
    }

    /// Whether letters, `-` and `@` stand at the start of the range and a space behind them.
    func startsWithWord(_ range: Range<Int>) -> Bool {
        for position in range {
            switch bytes[position] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
                UInt8(ascii: "@"):
                continue
            case let byte: return byte == UInt8(ascii: " ")
            }
        }
        return false
    }

    /// 1 for an opening bracket, -1 for a closing one. The head of an arrow is none.
    func bracket(at position: Int, in range: Range<Int>) -> Int {
        switch bytes[position] {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: "{"): 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): -1
        case UInt8(ascii: ">"):
            position > range.lowerBound && bytes[position - 1] == UInt8(ascii: "-") ? 0 : -1
        default: 0
        }
    }

    /// Behind the bracket that closes the one at `position`; nil when none does.
    func endOfBrackets(at position: Int, before end: Int) -> Int? {
        var depth = 0
        for place in position..<end {
            depth += bracket(at: place, in: position..<end)
            if depth == 0 { return place + 1 }
        }
        return nil
    }

    static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF:
            true
        default: false
        }
    }

    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    static func isLowerHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }

    /// Behind the digits at `position`.
    func endOfDigits(at position: Int, before end: Int) -> Int {
        var place = position
        while place < end, Self.isDigit(bytes[place]) { place += 1 }
        return place
    }

    /// Behind the identifier at `position`, in backticks or without; nil when none begins there.
    func endOfIdentifier(at position: Int, before end: Int) -> Int? {
        guard let first = byte(position, before: end) else { return nil }
        if first == UInt8(ascii: "`") {
            return bytes[position + 1..<end].firstIndex(of: first).map { $0 + 1 }
        }
        var place = position
        while place < end, Self.isIdentifier(bytes[place]) { place += 1 }
        return place > position ? place : nil
    }
}
