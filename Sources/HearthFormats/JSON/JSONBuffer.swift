/// JSON on its way to a file, some hundred kilobytes at a time.
struct JSONBuffer {
    private var bytes: [UInt8] = []

    private static let fullSize = 1 << 18

    var isFull: Bool { bytes.count >= Self.fullSize }

    /// What is in the buffer, which is empty then.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Text as it is.
    mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Text as a JSON string.
    mutating func add(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case ..<0x20:
                add(#"\u00"# + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
