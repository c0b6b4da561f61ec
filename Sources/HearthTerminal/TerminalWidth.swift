extension StringProtocol {
    /// Columns that a terminal gives the text: two for wide East Asian characters and emoji, one for others. O(length).
    public var terminalWidth: Int { reduce(0) { $0 + $1.terminalWidth } }

    /// The longest prefix of at most `columns` columns; the last one is `…` where something was cut off. O(length).
    public func truncated(toColumns columns: Int) -> String {
        guard terminalWidth > columns else { return String(self) }
        var result = ""
        var width = 0
        for character in self {
            width += character.terminalWidth
            if width >= columns { break }
            result.append(character)
        }
        return columns > 0 ? result + "…" : ""
    }
}

extension Character {
    fileprivate var terminalWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.value < 0x300 { return 1 }
        if first.properties.isEmojiPresentation { return 2 }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }
}
