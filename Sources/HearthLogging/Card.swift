/// Numbers of payment cards: of the range and length of an issuer, with the right check digit.
enum Card {
    /// Where the number ends that begins here.
    static func end(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        let solid = bytes.digits(from: start, limit: 20)
        if solid - start >= 13 {
            return !bytes.goesOn(at: solid) && isNumber(bytes, start..<solid, count: solid - start) ? solid : nil
        }
        guard solid - start == 4, let separator = bytes.at(solid), separator == .space || separator == .dash else {
            return nil
        }
        let groups = NumberGroups(bytes, from: start) { $0 == separator }
        // Of nineteen digits, of sixteen, of fifteen.
        if groups.count >= 5, fours(groups, 4), groups.lengths[4] == 3 {
            if let end = ends(bytes, start, groups, 5) { return end }
        }
        if groups.count >= 4, fours(groups, 4) { return ends(bytes, start, groups, 4) }
        if groups.count >= 3, groups.lengths[1] == 6, groups.lengths[2] == 5 { return ends(bytes, start, groups, 3) }
        return nil
    }

    private static func fours(_ groups: NumberGroups, _ count: Int) -> Bool {
        (0..<count).allSatisfy { groups.lengths[$0] == 4 }
    }

    private static func ends(_ bytes: Span<UInt8>, _ start: Int, _ groups: NumberGroups, _ count: Int) -> Int? {
        let end = groups.ends[count - 1]
        return !bytes.goesOn(at: end) && isNumber(bytes, start..<end, count: groups.digits(count)) ? end : nil
    }

    private static func isNumber(_ bytes: Span<UInt8>, _ range: Range<Int>, count: Int) -> Bool {
        var prefix = 0
        var digitsSeen = 0
        var sum = 0
        for index in range where bytes[index].isDigit {
            let digit = bytes[index].digitValue
            if digitsSeen < 4 { prefix = prefix * 10 + digit }
            // Counted from the right, every second digit is doubled, and the digits of that are added up.
            let doubled = digit * 2
            sum += (count - digitsSeen).isMultiple(of: 2) ? (doubled > 9 ? doubled - 9 : doubled) : digit
            digitsSeen += 1
        }
        return sum.isMultiple(of: 10) && isIssued(prefix, count)
    }

    /// The ranges of the large issuers, by the first four digits, and how long their numbers are.
    private static func isIssued(_ prefix: Int, _ count: Int) -> Bool {
        switch prefix {
        case 4000...4999: count == 13 || count == 16 || count == 19
        case 5100...5599, 2221...2720: count == 16
        case 3400...3499, 3700...3799: count == 15
        case 3000...3059, 3600...3699, 3800...3999: count == 14 || count == 16
        case 3528...3589: (16...19).contains(count)
        case 6011, 6440...6599, 6200...6299, 8100...8171: (16...19).contains(count)
        case 5000...5099, 5600...5899, 6300...6399, 6700...6799: (13...19).contains(count)
        default: false
        }
    }
}
