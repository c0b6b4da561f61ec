/// A place in a JSON text, moved on value by value. Nothing is built but what is asked for, so memory does not grow with the
/// text; and every fault has its byte.
///
/// An array is read by `openArray` and then a value after each `nextElement` that says true; an object by `openObject` and
/// then a value after each name that `nextMember` gives. A copy is a place of its own in the same text.
struct JSONCursor {
    typealias Reason = ProfileReadError.Reason

    private let bytes: [UInt8]
    private(set) var offset: Int
    /// Whether what comes next is the first in its array or object, before which there is no comma.
    private var isFirst = false

    /// Brackets in each other that `skip` follows.
    private static let deepest = 512
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")
    private static let words = ["true", "false", "null"].map { Array($0.utf8) }

    /// A byte-order mark is skipped.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    // MARK: Containers

    mutating func openArray() throws(Reason) {
        guard take(UInt8(ascii: "[")) else { throw fault("an array is expected") }
        isFirst = true
    }

    /// Whether another value of the array comes now; when none does, the array is behind the cursor.
    mutating func nextElement() throws(Reason) -> Bool { try next(before: UInt8(ascii: "]")) }

    mutating func openObject() throws(Reason) {
        guard take(UInt8(ascii: "{")) else { throw fault("an object is expected") }
        isFirst = true
    }

    /// The name of the next member, whose value comes now; nil when there is none left, and the object is behind the cursor.
    mutating func nextMember() throws(Reason) -> String? {
        guard try next(before: UInt8(ascii: "}")) else { return nil }
        return try name()
    }

    private mutating func next(before closing: UInt8) throws(Reason) -> Bool {
        let wasFirst = isFirst
        isFirst = false
        if take(closing) { return false }
        if wasFirst || take(Self.comma) { return true }
        throw fault("a comma or \(Character(Unicode.Scalar(closing))) is expected")
    }

    private mutating func name() throws(Reason) -> String {
        skipBlanks()
        guard byte == Self.quote else { throw fault("a name in quotes is expected") }
        let name = try string()
        guard take(UInt8(ascii: ":")) else { throw fault("a colon is expected") }
        return name
    }

    /// Nothing but blanks follows.
    mutating func end() throws(Reason) {
        skipBlanks()
        if offset < bytes.count { throw fault("something follows its end") }
    }

    /// Goes over a whole text, which is one value from beginning to end. O(bytes).
    static func check(_ bytes: [UInt8]) throws(Reason) {
        var cursor = JSONCursor(bytes)
        try cursor.skip()
        try cursor.end()
    }

    // MARK: Values

    /// Whether `null` comes next; it is then behind the cursor.
    mutating func takeNull() -> Bool {
        skipBlanks()
        guard bytes[offset...].starts(with: Self.words[2]) else { return false }
        offset += Self.words[2].count
        return true
    }

    mutating func string() throws(Reason) -> String {
        skipBlanks()
        guard byte == Self.quote else { throw fault("a string is expected") }
        let start = offset + 1
        let hasEscapes = try skipString()
        let content = bytes[start..<offset - 1]
        return hasEscapes ? Self.unescaped(content) : String(decoding: content, as: UTF8.self)
    }

    mutating func number() throws(Reason) -> JSONNumber {
        skipBlanks()
        guard let byte, Ascii.isDigit(byte) || byte == Ascii.minus else { throw fault("a number is expected") }
        let start = offset
        let isWhole = try skipNumber()
        if isWhole, let number = Self.whole(bytes[start..<offset]) { return .whole(number) }
        return .real(Double(String(decoding: bytes[start..<offset], as: UTF8.self)) ?? 0)
    }

    /// Goes behind the value that comes next, however deep it is, and finds what is wrong with it. No recursion.
    mutating func skip() throws(Reason) {
        isFirst = false
        var closings: [UInt8] = []
        repeat {
            try skipToFirstValue(&closings)
            while let closing = closings.last {
                if take(closing) {
                    closings.removeLast()
                    continue
                }
                guard take(Self.comma) else {
                    throw fault("a comma or \(Character(Unicode.Scalar(closing))) is expected")
                }
                if closing == UInt8(ascii: "}") { _ = try name() }
                break
            }
        } while !closings.isEmpty
    }

    /// Behind a whole value, or behind the first value in the containers that open here. One that is closed at once is whole.
    private mutating func skipToFirstValue(_ closings: inout [UInt8]) throws(Reason) {
        while true {
            skipBlanks()
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard closings.count < Self.deepest else {
                    throw fault("there are more than \(Self.deepest) brackets in each other")
                }
                let closing = byte == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
                offset += 1
                if take(closing) { return }
                closings.append(closing)
                if closing == UInt8(ascii: "}") { _ = try name() }
            case Self.quote:
                _ = try skipString()
                return
            case .some(let byte) where Ascii.isDigit(byte) || byte == Ascii.minus:
                _ = try skipNumber()
                return
            default:
                guard let word = Self.words.first(where: { bytes[offset...].starts(with: $0) }) else {
                    throw fault("a value is expected")
                }
                offset += word.count
                return
            }
        }
    }

    // MARK: Bytes

    private var byte: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func fault(_ what: String) -> Reason {
        offset < bytes.count
            ? .badJSON(what, byte: offset) : .badJSON("the file ends too early", byte: bytes.count)
    }

    private mutating func skipBlanks() {
        while let byte, Ascii.isBlank(byte) || byte == Ascii.newline || byte == Ascii.carriageReturn { offset += 1 }
    }

    /// Takes `wanted` if it comes next, blanks before it aside.
    private mutating func take(_ wanted: UInt8) -> Bool {
        skipBlanks()
        guard byte == wanted else { return false }
        offset += 1
        return true
    }

    /// From the opening quote to behind the closing one; whether there are escapes between.
    private mutating func skipString() throws(Reason) -> Bool {
        let start = offset
        var (hasEscapes, isAscii) = (false, true)
        offset += 1
        while let byte, byte != Self.quote {
            guard byte >= Ascii.space else { throw fault("a string holds a bare control character") }
            if byte == Self.backslash {
                hasEscapes = true
                try skipEscape()
            } else {
                if byte >= 0x80 { isAscii = false }
                offset += 1
            }
        }
        guard byte == Self.quote else { throw fault("the file ends too early") }
        if !isAscii, String(validating: bytes[start + 1..<offset], as: UTF8.self) == nil {
            throw .badJSON("a string that is not UTF-8 begins", byte: start)
        }
        offset += 1
        return hasEscapes
    }

    private mutating func skipEscape() throws(Reason) {
        let escape = offset + 1 < bytes.count ? bytes[offset + 1] : 0
        if escape == UInt8(ascii: "u") {
            let digits = bytes[(offset + 2)...].prefix(4)
            guard digits.count == 4, digits.allSatisfy(Ascii.isHexadecimal) else {
                throw fault("a string holds an escape that is none")
            }
            offset += 6
        } else {
            guard "\"\\/bfnrt".utf8.contains(escape) else { throw fault("a string holds an escape that is none") }
            offset += 2
        }
    }

    /// Behind the number; whether it is a whole one.
    private mutating func skipNumber() throws(Reason) -> Bool {
        let start = offset
        if byte == Ascii.minus { offset += 1 }
        var isFine = skipDigits() > 0
        var isWhole = true
        if byte == Ascii.dot {
            isWhole = false
            offset += 1
            isFine = skipDigits() > 0 && isFine
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            isWhole = false
            offset += 1
            if byte == Ascii.minus || byte == UInt8(ascii: "+") { offset += 1 }
            isFine = skipDigits() > 0 && isFine
        }
        if let byte, byte == Ascii.dot || byte == Ascii.minus || Ascii.isDigit(byte) { isFine = false }
        // Only an exponent or hundreds of digits make a number too large.
        if isFine, !isWhole || offset - start > 300 {
            isFine = Double(String(decoding: bytes[start..<offset], as: UTF8.self))?.isFinite == true
        }
        guard isFine else { throw .badJSON("a number is malformed or too large", byte: start) }
        return isWhole
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte, Ascii.isDigit(byte) { offset += 1 }
        return offset - start
    }

    /// Nil beyond 64 bits.
    private static func whole(_ digits: ArraySlice<UInt8>) -> Int64? {
        let isNegative = digits.first == Ascii.minus
        var value: Int64 = 0
        for digit in isNegative ? digits.dropFirst() : digits {
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.subtractingReportingOverflow(Int64(digit - Ascii.zero))
            if tooLarge || overflow { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    /// What a string says; a half of a pair of surrogates is U+FFFD.
    private static func unescaped(_ content: ArraySlice<UInt8>) -> String {
        var units: [UInt8] = []
        var surrogate: UInt16?
        func append(_ scalar: Unicode.Scalar) { units.append(contentsOf: String(Character(scalar)).utf8) }
        func flush() {
            if surrogate != nil { append("\u{FFFD}") }
            surrogate = nil
        }
        var index = content.startIndex
        while index < content.endIndex {
            guard content[index] == backslash else {
                flush()
                units.append(content[index])
                index += 1
                continue
            }
            let escape = content[index + 1]
            guard escape == UInt8(ascii: "u") else {
                flush()
                units.append(plain[escape] ?? escape)
                index += 2
                continue
            }
            let unit = UInt16(String(decoding: content[index + 2..<index + 6], as: UTF8.self), radix: 16) ?? 0xFFFD
            index += 6
            if let first = surrogate, UTF16.isTrailSurrogate(unit) {
                surrogate = nil
                let scalar = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
                append(Unicode.Scalar(scalar) ?? "\u{FFFD}")
            } else if UTF16.isLeadSurrogate(unit) {
                flush()
                surrogate = unit
            } else {
                flush()
                append(Unicode.Scalar(unit) ?? "\u{FFFD}")
            }
        }
        flush()
        return String(decoding: units, as: UTF8.self)
    }

    private static let plain: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
        UInt8(ascii: "t"): 0x09,
    ]
}
