/// The lines of a text: numbered from 1, without their line break (`\n` or `\r\n`). A byte-order mark is skipped.
struct Lines: Sequence, IteratorProtocol {
    struct Line {
        var number: Int
        /// Where the line is in the bytes.
        var range: Range<Int>
    }

    private let bytes: [UInt8]
    private var offset: Int
    private var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func next() -> Line? {
        guard offset < bytes.count else { return nil }
        let start = offset
        var end = start
        while end < bytes.count, bytes[end] != Ascii.newline { end += 1 }
        offset = end + 1
        number += 1
        if end > start, bytes[end - 1] == Ascii.carriageReturn { end -= 1 }
        return Line(number: number, range: start..<end)
    }
}

/// The bytes that the text formats are made of.
enum Ascii {
    static let tab = UInt8(ascii: "\t")
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let hash = UInt8(ascii: "#")
    static let semicolon = UInt8(ascii: ";")
    static let dot = UInt8(ascii: ".")
    static let minus = UInt8(ascii: "-")
    static let zero = UInt8(ascii: "0")
    static let nine = UInt8(ascii: "9")

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= zero && byte <= nine }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return isDigit(byte) || letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "f")
    }
}

extension Collection<UInt8> {
    /// The bytes as text, what is not UTF-8 replaced; and whether anything was.
    var decodedText: (text: String, isValid: Bool) {
        if let text = String(validating: self, as: UTF8.self) { return (text, true) }
        return (String(decoding: self, as: UTF8.self), false)
    }
}
