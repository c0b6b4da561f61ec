/// XML as bytes. Whatever text comes in, well-formed XML goes out.
struct MarkupWriter {
    private(set) var bytes: [UInt8] = []

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Appends markup as it stands.
    mutating func raw(_ markup: String) { bytes.append(contentsOf: markup.utf8) }

    mutating func raw(_ markup: [UInt8]) { bytes.append(contentsOf: markup) }

    /// Appends text for content or an attribute: what means something to XML is escaped, a line break or tab becomes a
    /// space, what XML 1.0 forbids or discourages becomes U+FFFD.
    mutating func text(_ text: String) {
        var utf8 = text.utf8.makeIterator()
        while let byte = utf8.next() {
            switch byte {
            case UInt8(ascii: "&"): raw("&amp;")
            case UInt8(ascii: "<"): raw("&lt;")
            case UInt8(ascii: ">"): raw("&gt;")
            case UInt8(ascii: "\""): raw("&quot;")
            case 9, 10, 13: bytes.append(UInt8(ascii: " "))
            case 0..<32, 127: replacement()
            case 0xC2:
                // U+0080…U+009F are controls too.
                guard let second = utf8.next() else { return }
                if second < 0xA0 { replacement() } else { bytes.append(contentsOf: [byte, second]) }
            case 0xEF:
                // U+FFFE and U+FFFF are no characters.
                guard let second = utf8.next(), let third = utf8.next() else { return }
                if second == 0xBF && third >= 0xBE {
                    replacement()
                } else {
                    bytes.append(contentsOf: [byte, second, third])
                }
            default: bytes.append(byte)
            }
        }
    }

    mutating func number(_ value: Int64) { raw(String(value)) }

    /// A coordinate: two decimal places at most, no zeros at the end.
    mutating func coordinate(_ value: Double) {
        let hundredths = Int64((value.magnitude * 100).rounded(), clampedTo: .max)
        if value < 0 && hundredths > 0 { raw("-") }
        number(hundredths / 100)
        let fraction = Int(hundredths % 100)
        if fraction == 0 { return }
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(48 + fraction / 10))
        if !fraction.isMultiple(of: 10) { bytes.append(UInt8(48 + fraction % 10)) }
    }

    private mutating func replacement() { bytes.append(contentsOf: [0xEF, 0xBF, 0xBD]) }
}

/// A string for the script, in quotes, that needs no escaping in XML or HTML either.
func scriptString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\", "<", ">", "&", "'", "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}",
            "\u{FFFE}", "\u{FFFF}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
