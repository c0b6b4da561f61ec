/// Names as they stand in a collapsed file.
///
/// `;` parts frames and a line break parts stacks, so both are written in Swift's own notation, `\u{3B}` and `\u{A}`, as
/// are other control characters, what Unicode takes for the end of a line besides, and a `#` that would begin a comment.
/// Other tools show that as it is, in one piece.
/// A `\` is left alone (names of PHP and Windows are full of them) unless it stands before `u{`: then it is `\u{5C}`.
enum CollapsedName {
    private static let backslash = UInt8(ascii: "\\")
    private static let opening: [UInt8] = Array("\\u{".utf8)
    private static let closing = UInt8(ascii: "}")

    /// The name for a file. O(length).
    static func escaped(_ name: String) -> [UInt8] {
        let bytes = Array(name.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var end = 0
        for (index, byte) in bytes.enumerated() where index >= end {
            if byte >= 0x80, let (escape, length) = lineEnd(bytes[index...]) {
                result.append(contentsOf: escape.utf8)
                end = index + length
                continue
            }
            let isSpecial =
                byte < 0x20 || byte == 0x7F || byte == Ascii.semicolon || (byte == Ascii.hash && index == 0)
                || (byte == backslash && bytes[index...].starts(with: opening))
            if isSpecial {
                result.append(contentsOf: opening)
                result.append(contentsOf: String(byte, radix: 16, uppercase: true).utf8)
                result.append(closing)
            } else {
                result.append(byte)
            }
        }
        return result
    }

    /// The escape of NEL, LS or PS, and their bytes: editors and Python end a line there.
    private static func lineEnd(_ bytes: ArraySlice<UInt8>) -> (escape: String, length: Int)? {
        if bytes.starts(with: [0xC2, 0x85]) { return ("\\u{85}", 2) }
        if bytes.starts(with: [0xE2, 0x80, 0xA8]) { return ("\\u{2028}", 3) }
        return bytes.starts(with: [0xE2, 0x80, 0xA9]) ? ("\\u{2029}", 3) : nil
    }

    /// The name behind what a file holds; what is no proper escape stays as it is. O(length).
    static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard bytes.contains(backslash) else { return Array(bytes) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == backslash, let (scalar, end) = scalar(bytes[index...]) {
                result.append(contentsOf: String(Character(scalar)).utf8)
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// The character of an escape at the start of `bytes`, and where the escape ends.
    private static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
        guard bytes.starts(with: opening) else { return nil }
        let digits = bytes.dropFirst(opening.count).prefix(7).prefix { $0 != closing }
        guard (1...6).contains(digits.count), digits.endIndex < bytes.endIndex, bytes[digits.endIndex] == closing,
            digits.allSatisfy(Ascii.isHexadecimal),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(value)
        else { return nil }
        return (scalar, digits.endIndex + 1)
    }
}
