extension UInt8 {
    static let at: UInt8 = 0x40
    static let closingBracket: UInt8 = 0x5D
    static let colon: UInt8 = 0x3A
    static let dash: UInt8 = 0x2D
    static let dot: UInt8 = 0x2E
    static let equals: UInt8 = 0x3D
    static let openingBracket: UInt8 = 0x5B
    static let openingParenthesis: UInt8 = 0x28
    static let closingParenthesis: UInt8 = 0x29
    static let percent: UInt8 = 0x25
    static let plus: UInt8 = 0x2B
    static let slash: UInt8 = 0x2F
    static let space: UInt8 = 0x20
    static let tilde: UInt8 = 0x7E
    static let underscore: UInt8 = 0x5F

    var isDigit: Bool { self &- 0x30 < 10 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
    /// Of a word: also what is not ASCII.
    var isWord: Bool { isDigit || isLetter || self == .underscore || self >= 0x80 }
    var digitValue: Int { Int(self &- 0x30) }

    var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }

    /// Before a number: then it is a part of something larger, a version, a path, an identifier.
    var joinsNumber: Bool {
        isWord || self == .dash || self == .dot || self == .slash || self == 0x5C || self == .percent || self == .plus
    }
}

extension Span<UInt8> {
    /// Nil beyond the end.
    func at(_ index: Int) -> UInt8? { index < count ? self[index] : nil }

    /// Where the digits that begin here end; at most `limit` are looked at.
    func digits(from start: Int, limit: Int) -> Int {
        var end = start
        let bound = limit < count - start ? start + limit : count
        while end < bound, self[end].isDigit { end += 1 }
        return end
    }

    /// Whether what begins here is a part of something larger. What was found before counts as such, and so does its
    /// mark: a text that is redacted a second time must be seen as it was the first time.
    func isJoined(at start: Int, settled: Int) -> Bool {
        guard start > 0 else { return false }
        return start == settled || self[start - 1].joinsNumber || isMark(endingAt: start)
    }

    /// Whether a number that ends here goes on as something larger: letters, a fraction, a part behind a dash.
    func goesOn(at end: Int) -> Bool {
        guard let next = at(end) else { return false }
        if next.isWord || isMark(at: end) { return true }
        guard next == .dot || next == .dash || next == .plus || next == .tilde else { return false }
        return at(end + 1)?.isWord == true || isMark(at: end + 1)
    }

    func isMark(at start: Int) -> Bool {
        guard at(start) == .openingBracket else { return false }
        return PersonalData.Kind.allCases.contains { kind in
            let mark = kind.mark
            return start + mark.count <= count && mark.indices.allSatisfy { self[start + $0] == mark[$0] }
        }
    }

    private func isMark(endingAt end: Int) -> Bool {
        guard self[end - 1] == .closingBracket else { return false }
        return PersonalData.Kind.allCases.contains { $0.mark.count <= end && isMark(at: end - $0.mark.count) }
    }
}
