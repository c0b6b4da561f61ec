/// How text looks on a terminal. Nothing is added where there is no terminal, where `NO_COLOR` is set (no-color.org), or
/// where `TERM` is `dumb`.
public enum TerminalStyle: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// Whether styles are seen on `stream`.
    public static func isEnabled(on stream: StandardStream) -> Bool {
        stream.isTerminal && StandardStream.environment("NO_COLOR") == nil
            && StandardStream.environment("TERM") != "dumb"
    }

    /// The text in this style if `enabled`, else as it is. The text is passed as it is: make what comes from a file
    /// visible first, by ``visible(_:)``.
    public func apply(to text: String, enabled: Bool) -> String {
        enabled ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }

    /// The text in this style if `stream` shows styles.
    public func apply(to text: String, on stream: StandardStream) -> String {
        apply(to: text, enabled: Self.isEnabled(on: stream))
    }

    /// The text with control characters written as `\u{1B}`, so that a name out of a file cannot steer the terminal.
    public static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) {
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Control characters, and the marks that reverse the reading order of what follows.
    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
