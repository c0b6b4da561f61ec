/// One pass over a document. What is open is a stack of its own, so that depth costs memory and no recursion.
struct JSONParser {
    private let bytes: [UInt8]
    private let loneSurrogates: JSONValue.LoneSurrogates
    private var position = 0
    private var open: [Open] = []

    /// An array or object that has begun, with what it has so far.
    private struct Open {
        let isObject: Bool
        var names: [String] = []
        var values: [JSONValue] = []

        var value: JSONValue { isObject ? .object(JSONObject(names: names, values: values)) : .array(values) }
    }

    init(_ bytes: [UInt8], _ loneSurrogates: JSONValue.LoneSurrogates) {
        self.bytes = bytes
        self.loneSurrogates = loneSurrogates
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func fault(_ reason: String, at place: Int? = nil) -> JSONFault {
        JSONFault(reason: reason, byte: place ?? position)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    mutating func document() throws(JSONFault) -> JSONValue {
        if let invalid = firstInvalidUTF8(bytes[...]) { throw fault("not UTF-8", at: invalid) }
        while true {
            guard let root = try added(try value()) else { continue }
            skipSpace()
            if current != nil { throw fault("text after the document") }
            return root
        }
    }

    /// One scalar or empty container, with all that opens before it.
    private mutating func value() throws(JSONFault) -> JSONValue {
        while true {
            skipSpace()
            guard let byte = current else { throw fault("document ends too soon") }
            guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else { return try scalar(byte) }
            guard open.count < JSONValue.maximumDepth else {
                throw fault("more than \(JSONValue.maximumDepth) levels deep")
            }
            let isObject = byte == UInt8(ascii: "{")
            position += 1
            skipSpace()
            if current == UInt8(ascii: isObject ? "}" : "]") {
                position += 1
                return isObject ? .object(JSONObject()) : .array([])
            }
            open.append(Open(isObject: isObject))
            if isObject { try name() }
        }
    }

    /// Puts a value where it belongs, and closes what ends behind it. The whole document where all is closed; nil where a value
    /// follows.
    private mutating func added(_ value: JSONValue) throws(JSONFault) -> JSONValue? {
        var value = value
        while !open.isEmpty {
            open[open.count - 1].values.append(value)
            let isObject = open[open.count - 1].isObject
            skipSpace()
            guard let byte = current else { throw fault("document ends too soon") }
            if byte == UInt8(ascii: ",") {
                position += 1
                if isObject { try name() }
                return nil
            }
            guard byte == UInt8(ascii: isObject ? "}" : "]") else {
                throw fault("expected a comma or the end of the value around")
            }
            position += 1
            value = open.removeLast().value
        }
        return value
    }

    private mutating func name() throws(JSONFault) {
        skipSpace()
        guard current == UInt8(ascii: "\"") else {
            throw fault(current == nil ? "document ends too soon" : "expected a member name in quotes")
        }
        open[open.count - 1].names.append(try string())
        skipSpace()
        guard current == UInt8(ascii: ":") else {
            throw fault(current == nil ? "document ends too soon" : "expected a colon")
        }
        position += 1
    }

    private mutating func scalar(_ byte: UInt8) throws(JSONFault) -> JSONValue {
        switch byte {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            do {
                return try JSONNumber.read(bytes, at: &position)
            } catch {
                throw fault(error.reason)
            }
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default:
            throw fault("expected a value")
        }
    }

    private mutating func word(_ word: String) throws(JSONFault) {
        guard bytes[position...].starts(with: word.utf8) else { throw fault("expected \(word)") }
        position += word.utf8.count
    }

    // MARK: Strings

    /// The string whose opening quote is here.
    private mutating func string() throws(JSONFault) -> String {
        position += 1
        let start = position
        try skipPlain()
        if bytes[position] == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<position - 1], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while bytes[position] != UInt8(ascii: "\"") {
            try escape(into: &text)
            let plain = position
            try skipPlain()
            text += bytes[plain..<position]
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    /// To the next quote or escape.
    private mutating func skipPlain() throws(JSONFault) {
        var place = position
        defer { position = place }
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            guard byte >= 0x20 else { throw fault("control character in a string", at: place) }
            place += 1
        }
        throw fault("document ends within a string", at: place)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        let start = position
        position += 1
        guard let byte = current else { throw fault("document ends within a string") }
        if byte == UInt8(ascii: "u") {
            text.append(contentsOf: UTF8.encode(try scalar(start)) ?? UTF8.encodedReplacementCharacter)
            return
        }
        guard let plain = Self.escapes[byte] else { throw fault("unknown escape", at: start) }
        text.append(plain)
        position += 1
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        UInt8(ascii: "/"): UInt8(ascii: "/"),
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D,
        UInt8(ascii: "t"): 0x09,
    ]

    /// What `\uXXXX` stands for, or two of them that are a surrogate pair. The place is at the first `u`.
    private mutating func scalar(_ start: Int) throws(JSONFault) -> Unicode.Scalar {
        let first = try hexadecimal(start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        let second = position
        if first < 0xDC00, bytes[position...].starts(with: "\\u".utf8) {
            position += 1
            let low = try hexadecimal(start)
            if 0xDC00..<0xE000 ~= low, let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (low - 0xDC00)) {
                return scalar
            }
        }
        guard loneSurrogates == .replaced else { throw fault("half of a surrogate pair", at: start) }
        position = second
        return "\u{FFFD}"
    }

    /// The four digits after `\u`; the place is at the `u`.
    private mutating func hexadecimal(_ start: Int) throws(JSONFault) -> UInt32 {
        position += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(hexadecimalDigit) else {
                throw fault("escape without four hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }
}

/// The value of a hexadecimal digit of either case.
func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
