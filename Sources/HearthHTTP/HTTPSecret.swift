/// A text that is sent and never shown: it prints as `***`, also inside what holds it.
package struct HTTPSecret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The text itself, for the one place that sends it.
    package let exposed: String

    package init(_ text: String) { exposed = text }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The value of `Authorization` for a user and a password.
func basicAuthorization(user: String, password: String) -> HTTPSecret {
    HTTPSecret("Basic " + base64(Array("\(user):\(password)".utf8)))
}

/// Base 64 with padding, of RFC 4648. O(n).
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits: UInt32 = 0
        for byte in group { bits = bits << 8 | UInt32(byte) }
        bits <<= UInt32(8 * (3 - group.count))
        for place in 0..<4 {
            let isPadding = place > group.count
            text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)])
        }
    }
    return String(decoding: text, as: UTF8.self)
}
