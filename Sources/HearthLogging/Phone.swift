/// Telephone numbers, where something about them says that they are: a plus, parentheses, the groups of a country.
enum Phone {
    /// `+49 (0)30 123456`: the digits behind a plus, 8 to 15 of them.
    static func international(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        guard bytes[start] != 0x30 else { return nil }
        var end = bytes.digits(from: start, limit: 16)
        var digits = end - start
        var groups = 1
        var accepted = (8...15).contains(digits) && !bytes.goesOn(at: end) ? end : nil
        // What is written in one piece ends with it.
        while groups > 1 || digits < 7, groups < NumberGroups.most, let next = separated(bytes, end) {
            end = bytes.digits(from: next, limit: 16)
            // A single digit is that of an area or a zero in parentheses, or belongs to something else.
            let isAside = bytes[next - 1] == .openingParenthesis && bytes.at(end) == .closingParenthesis
            guard end - next > 1 || groups == 1 || isAside else { break }
            digits += end - next
            groups += 1
            if (8...15).contains(digits), !bytes.goesOn(at: end) { accepted = end }
        }
        return accepted
    }

    /// Where the next group begins, behind a separator, parentheses or both: `) `, ` (`, `-`.
    private static func separated(_ bytes: Span<UInt8>, _ end: Int) -> Int? {
        var position = end
        if bytes.at(position) == .closingParenthesis { position += 1 }
        if let byte = bytes.at(position), byte == .space || byte == .dash || byte == .dot || byte == .slash {
            position += 1
        }
        if position > end, bytes.at(position) == .openingParenthesis { position += 1 }
        return position > end && bytes.at(position)?.isDigit == true ? position : nil
    }

    /// `(212) 555-1234`, or a national number whose area stands in parentheses: `(030) 123456`.
    static func inParentheses(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        let areaEnd = bytes.digits(from: start, limit: 6)
        guard (2...5).contains(areaEnd - start), bytes.at(areaEnd) == .closingParenthesis else { return nil }
        var position = areaEnd + 1
        if let byte = bytes.at(position), byte == .space || byte == .dash { position += 1 }
        let groups = NumberGroups(bytes, from: position) { $0 == .space || $0 == .dash }
        if areaEnd - start == 3, isAmerican(bytes[start]), groups.count >= 2, groups.lengths[0] == 3,
            groups.lengths[1] == 4, isAmerican(bytes[position]), !bytes.goesOn(at: groups.ends[1])
        {
            return groups.ends[1]
        }
        guard bytes[start] == 0x30, bytes[start + 1] != 0x30 else { return nil }
        return trunkEnd(bytes, groups, areaEnd - start, atLeast: 1)
    }

    /// `0151 2345678`, `030/1234567`, `01 23 45 67 89`, `212-555-1234`, `1-800-555-1234`.
    static func national(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        if bytes[start] == 0x30 { return withTrunkPrefix(bytes, start) }
        let length = bytes.digits(from: start, limit: 4) - start
        guard length == 3 || length == 1, let separator = bytes.at(start + length),
            separator == .dash || separator == .dot
        else { return nil }
        let groups = NumberGroups(bytes, from: start) { $0 == separator }
        var (first, position) = (0, start)
        if length == 1 {
            guard bytes[start] == 0x31 else { return nil }
            (first, position) = (1, start + 2)
        }
        guard groups.count == first + 3, groups.lengths[first] == 3, groups.lengths[first + 1] == 3,
            groups.lengths[first + 2] == 4, isAmerican(bytes[position]), isAmerican(bytes[position + 4]),
            !bytes.goesOn(at: groups.ends[first + 2])
        else { return nil }
        return groups.ends[first + 2]
    }

    private static func withTrunkPrefix(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        guard let second = bytes.at(start + 1), second.isDigit, second != 0x30 else { return nil }
        let groups = NumberGroups(bytes, from: start) { $0 == .space || $0 == .dash || $0 == .slash }
        guard groups.count >= 2, (2...5).contains(groups.lengths[0]) else { return nil }
        let isDate = groups.count >= 3 && groups.lengths[0] == 2 && groups.lengths[1] == 2 && groups.lengths[2] == 4
        return isDate ? nil : trunkEnd(bytes, groups, 0, atLeast: 2)
    }

    /// Where a number of 9 to 12 digits in groups of two or more ends, so many of them being there already; as many
    /// groups as can be.
    private static func trunkEnd(_ bytes: Span<UInt8>, _ groups: NumberGroups, _ before: Int, atLeast least: Int)
        -> Int?
    {
        var digits = before
        var accepted: Int?
        for group in 0..<min(groups.count, 5) {
            guard groups.lengths[group] >= 2 else { break }
            digits += groups.lengths[group]
            let end = groups.ends[group]
            // What a colon follows is a time of day.
            if group + 1 >= least, (9...12).contains(digits), !bytes.goesOn(at: end), bytes.at(end) != .colon {
                accepted = end
            }
        }
        return accepted
    }

    /// Areas and exchanges of North America begin with 2 to 9.
    private static func isAmerican(_ byte: UInt8) -> Bool { byte.isDigit && byte >= 0x32 }
}
