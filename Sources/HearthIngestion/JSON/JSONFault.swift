/// Why bytes are no acceptable JSON document, and at which byte.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String
    /// From the start of the document.
    public let byte: Int

    public var description: String { "\(reason) at byte \(byte)" }
}

extension JSONFault {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 1024

    /// The first fault of a document by RFC 8259, nil where there is none. A plain walk for documents that the fast parser
    /// has refused without saying where. O(length), no recursion.
    init?(in document: ArraySlice<UInt8>) {
        var walk = JSONWalk(document)
        do {
            try walk.document()
            return nil
        } catch {
            self = error
        }
    }
}

private struct JSONWalk {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private func fault(_ reason: String, at place: Int? = nil) -> JSONFault {
        JSONFault(reason: reason, byte: (place ?? position) - bytes.startIndex)
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func document() throws(JSONFault) {
        if let invalid = firstInvalidUTF8(bytes) { throw fault("not UTF-8", at: invalid) }
        skipSpace()
        if current != UInt8(ascii: "{"), current != nil {
            let start = position
            try values()
            skipSpace()
            if current != nil { throw fault("text after the document") }
            throw fault("not an object", at: start)
        }
        try values()
        skipSpace()
        if current != nil { throw fault("text after the document") }
    }

    /// One value with all that is in it. `open` holds the closing byte of every array and object around the place.
    private mutating func values() throws(JSONFault) {
        var open: [UInt8] = []
        var expectsValue = true
        while true {
            skipSpace()
            guard let byte = current else { throw fault("document ends too soon") }
            if expectsValue {
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    guard open.count < JSONFault.maximumDepth else {
                        throw fault("more than \(JSONFault.maximumDepth) levels deep")
                    }
                    let isObject = byte == UInt8(ascii: "{")
                    let close = UInt8(ascii: isObject ? "}" : "]")
                    position += 1
                    skipSpace()
                    if current == close {
                        position += 1
                        expectsValue = false
                    } else {
                        open.append(close)
                        if isObject { try key() }
                    }
                default:
                    try scalar(byte)
                    expectsValue = false
                }
            } else {
                // Not reached without something open: the loop ends with the outermost value.
                guard let close = open.last else { return }
                position += 1
                if byte == close {
                    open.removeLast()
                } else if byte == UInt8(ascii: ",") {
                    if close == UInt8(ascii: "}") { try key() }
                    expectsValue = true
                } else {
                    throw fault("expected a comma or the end of the value around", at: position - 1)
                }
            }
            if open.isEmpty && !expectsValue { return }
        }
    }

    private mutating func key() throws(JSONFault) {
        skipSpace()
        guard current == UInt8(ascii: "\"") else {
            throw fault(current == nil ? "document ends too soon" : "expected a member name in quotes")
        }
        try string()
        skipSpace()
        guard current == UInt8(ascii: ":") else {
            throw fault(current == nil ? "document ends too soon" : "expected a colon")
        }
        position += 1
    }

    private mutating func scalar(_ byte: UInt8) throws(JSONFault) {
        switch byte {
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        default: throw fault("expected a value")
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONFault) {
        let start = position
        for expected in word.description.utf8 {
            guard current == expected else { throw fault("expected \(word)", at: start) }
            position += 1
        }
    }

    private mutating func string() throws(JSONFault) {
        position += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                try escape()
            case 0..<0x20:
                throw fault("control character in a string")
            default:
                position += 1
            }
        }
        throw fault("document ends within a string")
    }

    private mutating func escape() throws(JSONFault) {
        let start = position
        position += 1
        switch current {
        case UInt8(ascii: "u"):
            let first = try hexadecimal(start)
            if 0xD800..<0xDC00 ~= first {
                guard current == UInt8(ascii: "\\") else { throw fault("half of a surrogate pair", at: start) }
                position += 1
                guard current == UInt8(ascii: "u") else { throw fault("half of a surrogate pair", at: start) }
                guard 0xDC00..<0xE000 ~= (try hexadecimal(start)) else {
                    throw fault("half of a surrogate pair", at: start)
                }
            } else if 0xDC00..<0xE000 ~= first {
                throw fault("half of a surrogate pair", at: start)
            }
        case .some(let byte) where "\"\\/bfnrt".utf8.contains(byte):
            position += 1
        case .some:
            throw fault("unknown escape", at: start)
        case nil:
            throw fault("document ends within a string")
        }
    }

    /// The four digits after `\u`; the place is at the `u`.
    private mutating func hexadecimal(_ start: Int) throws(JSONFault) -> UInt32 {
        position += 1
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw fault("escape without four hexadecimal digits", at: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONFault) {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let whole = try digits(start)
        if whole > 1, bytes[position - whole] == UInt8(ascii: "0") {
            throw fault("number with a leading zero", at: start)
        }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            _ = try digits(start)
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            _ = try digits(start)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let fits = isInteger ? Int64(text) != nil || UInt64(text) != nil : Double(text)?.isFinite == true
        guard fits else { throw fault("number out of range", at: start) }
    }

    private mutating func digits(_ start: Int) throws(JSONFault) -> Int {
        let first = position
        while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > first else { throw fault("malformed number", at: start) }
        return position - first
    }
}
