/// Where a text stops being JSON: Foundation's decoder says that it is none, and not where.
struct JSONFault: Equatable {
    var what: String
    var byte: Int

    /// What Foundation's decoder takes at most.
    private static let deepest = 512

    /// The first fault; nil when there is none, or none that this sees. O(bytes).
    static func find(in bytes: [UInt8]) -> JSONFault? {
        var scanner = Scanner(bytes: bytes)
        do throws(JSONFault) {
            try scanner.scan()
            return nil
        } catch {
            return error
        }
    }

    /// One pass without recursion: `containers` holds what is open.
    private struct Scanner {
        let bytes: [UInt8]
        var offset = 0
        /// The closing bracket of each container that is open.
        var containers: [UInt8] = []

        private static let quote = UInt8(ascii: "\"")
        private static let backslash = UInt8(ascii: "\\")
        private static let words = ["true", "false", "null"].map { Array($0.utf8) }

        init(bytes: [UInt8]) {
            self.bytes = bytes
            offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        }

        private func fault(_ what: String) -> JSONFault {
            offset < bytes.count
                ? JSONFault(what: what, byte: offset) : JSONFault(what: "the file ends too early", byte: bytes.count)
        }

        private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

        private mutating func skipBlanks() {
            while let byte = next, Ascii.isBlank(byte) || byte == Ascii.newline || byte == Ascii.carriageReturn {
                offset += 1
            }
        }

        /// Takes `byte` if it comes next, blanks before it aside.
        private mutating func take(_ byte: UInt8) -> Bool {
            skipBlanks()
            guard next == byte else { return false }
            offset += 1
            return true
        }

        mutating func scan() throws(JSONFault) {
            repeat {
                try value()
                try afterValue()
            } while !containers.isEmpty
            skipBlanks()
            if offset < bytes.count { throw fault("something follows its end") }
        }

        /// A whole value, or the opening of a container up to its first value. What is opened and closed at once counts as
        /// whole.
        private mutating func value() throws(JSONFault) {
            while true {
                skipBlanks()
                switch next {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    guard containers.count < JSONFault.deepest else {
                        throw fault("there are more than \(JSONFault.deepest) brackets in each other")
                    }
                    let closing = next == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
                    offset += 1
                    if take(closing) { return }
                    containers.append(closing)
                    try key()
                case Self.quote: return try string()
                case .some(let byte) where Ascii.isDigit(byte) || byte == Ascii.minus: return try number()
                default:
                    guard let word = Self.words.first(where: { bytes[offset...].starts(with: $0) }) else {
                        throw fault("a value is expected")
                    }
                    offset += word.count
                    return
                }
            }
        }

        /// Commas and closing brackets, up to where the next value begins or nothing is open.
        private mutating func afterValue() throws(JSONFault) {
            while let closing = containers.last {
                if take(closing) {
                    containers.removeLast()
                    continue
                }
                guard take(UInt8(ascii: ",")) else {
                    throw fault("a comma or \(Character(Unicode.Scalar(closing))) is expected")
                }
                return try key()
            }
        }

        /// In an object, a name and its colon.
        private mutating func key() throws(JSONFault) {
            guard containers.last == UInt8(ascii: "}") else { return }
            skipBlanks()
            guard next == Self.quote else { throw fault("a name in quotes is expected") }
            try string()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is expected") }
        }

        private mutating func string() throws(JSONFault) {
            offset += 1
            let start = offset
            while let byte = next, byte != Self.quote {
                guard byte >= Ascii.space else { throw fault("a string holds a bare control character") }
                guard byte == Self.backslash else {
                    offset += 1
                    continue
                }
                let escape = offset + 1 < bytes.count ? bytes[offset + 1] : nil
                if escape == UInt8(ascii: "u") {
                    let digits = bytes[(offset + 2)...].prefix(4)
                    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                        throw fault("a string holds an escape that is none")
                    }
                    offset += 6
                } else {
                    guard let escape, "\"\\/bfnrt".utf8.contains(escape) else {
                        throw fault("a string holds an escape that is none")
                    }
                    offset += 2
                }
            }
            guard next == Self.quote else { throw fault("the file ends too early") }
            if String(validating: bytes[start..<offset], as: UTF8.self) == nil {
                throw JSONFault(what: "a string that is not UTF-8 begins", byte: start - 1)
            }
            offset += 1
        }

        private mutating func number() throws(JSONFault) {
            let start = offset
            while let byte = next, Ascii.isDigit(byte) || "+-.eE".utf8.contains(byte) { offset += 1 }
            guard let value = Double(String(decoding: bytes[start..<offset], as: UTF8.self)), value.isFinite else {
                throw JSONFault(what: "a number is malformed or too large", byte: start)
            }
        }
    }
}

extension JSONFault: Error {}
