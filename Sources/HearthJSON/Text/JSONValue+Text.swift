extension JSONValue {
    /// How deep arrays and objects may nest in what is parsed.
    public static let maximumDepth = 1024

    /// What becomes of an escape that is half of a surrogate pair, such as `"\ud800"`. The grammar of RFC 8259 allows it, but it
    /// stands for no Unicode text.
    public enum LoneSurrogates: Hashable, Sendable {
        /// The document is refused, as RFC 7493 wants it.
        case refused
        /// It becomes U+FFFD.
        case replaced
    }

    /// Parses one document, by all rules of RFC 8259 and nothing beyond them: no comments, no trailing commas, no byte order mark.
    ///
    /// Of members with one name the last counts. A number that fits in 64 bits with sign and has neither fraction nor exponent is an
    /// ``integer(_:)``, any other the nearest double. O(length), with memory of that order; does not recurse.
    ///
    /// - Throws: ``JSONFault`` with the first byte at fault: where it is no JSON or no UTF-8, nests deeper than
    ///   ``maximumDepth``, or has a number that no finite double is near to.
    public init(parsing bytes: [UInt8], loneSurrogates: LoneSurrogates = .refused) throws(JSONFault) {
        var parser = JSONParser(bytes, loneSurrogates)
        self = try parser.document()
    }

    /// As ``init(parsing:loneSurrogates:)-([UInt8],_)``; bytes are those of UTF-8.
    public init(parsing text: String, loneSurrogates: LoneSurrogates = .refused) throws(JSONFault) {
        try self.init(parsing: Array(text.utf8), loneSurrogates: loneSurrogates)
    }

    /// The value as JSON without white space, members in their order, numbers as short as they read back the same. What JSON has
    /// no number for is null. O(size); recurses as deep as the tree.
    public var bytes: [UInt8] {
        var text = JSONText()
        write(to: &text)
        return text.bytes
    }

    private func write(to text: inout JSONText) {
        switch self {
        case .null: text.null()
        case .bool(let value): text.bool(value)
        case .integer(let value): text.integer(Int(value))
        case .number(let value): text.number(value)
        case .string(let value): text.string(value)
        case .array(let elements):
            text.beginArray()
            for element in elements { element.write(to: &text) }
            text.endArray()
        case .object(let object):
            text.beginObject()
            for (name, value) in object {
                text.key(name)
                value.write(to: &text)
            }
            text.endObject()
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// As ``bytes``, in a string.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
