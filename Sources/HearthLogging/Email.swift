/// E-mail addresses: a name, an at sign, and a domain with at least one dot and letters at its end.
enum Email {
    private static let longestName = 64
    private static let longestDomain = 253

    static func around(_ bytes: Span<UInt8>, _ at: Int, settled: Int) -> Range<Int>? {
        var start = at
        while start > settled, at - start < longestName, isName(bytes[start - 1]) { start -= 1 }
        // Dots are neither first nor last, and no character is cut in two.
        while start < at, bytes[start] == .dot || bytes[start] & 0xC0 == 0x80 { start += 1 }
        guard start < at, bytes[at - 1] != .dot, let end = domain(bytes, at + 1) else { return nil }
        return start..<end
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte.isWord || byte == .dot || byte == .percent || byte == .plus || byte == .dash
    }

    private static func domain(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var end = start
        var label = start
        // Up to the last label that can be the end of a domain.
        var (labels, last) = (0, nil as Int?)
        while end - start <= longestDomain {
            let byte = bytes.at(end)
            if let byte, byte.isWord || byte == .dash {
                end += 1
                continue
            }
            guard end > label, bytes[label] != .dash else { break }
            labels += 1
            if labels > 1 {
                // Dashes at the end belong to the sentence.
                var top = end
                while bytes[top - 1] == .dash { top -= 1 }
                last = isTop(bytes, label..<top) ? top : nil
            }
            guard byte == .dot else { break }
            end += 1
            label = end
        }
        guard let last, !isScale(bytes, start), bytes.at(last) != .at else { return nil }
        return last
    }

    /// Two letters or more, and not what the units of systemd end in.
    private static func isTop(_ bytes: Span<UInt8>, _ label: Range<Int>) -> Bool {
        guard label.count >= 2, label.allSatisfy({ bytes[$0].isLetter || bytes[$0] >= 0x80 }) else { return false }
        return !["service", "socket", "timer", "slice", "scope", "mount"].contains { (unit: StaticString) in
            unit.utf8CodeUnitCount == label.count && matches(bytes, label, "\(unit)")
        }
    }

    private static func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
        zip(range, text.utf8).allSatisfy { bytes[$0] | 0x20 == $1 }
    }

    /// `@2x.png`: a picture for a screen of that scale.
    private static func isScale(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        bytes[start].isDigit && bytes.at(start + 1).map { $0 | 0x20 } == 0x78 && bytes.at(start + 2) == .dot
    }
}
