/// Addresses of the Internet Protocol, told from versions and times by what stands around them.
enum NetworkAddress {
    /// Where the IPv4 address ends that begins with these digits.
    static func fourNumbers(_ bytes: Span<UInt8>, _ start: Int, settled: Int) -> Int? {
        guard let end = dotted(bytes, start), mayBegin(bytes, start, settled) else { return nil }
        if bytes.at(end) == .dash, let last = dotted(bytes, end + 1), !bytes.goesOn(at: last) { return last }
        return bytes.goesOn(at: end) ? nil : end
    }

    /// Four numbers from 0 to 255 with dots between them.
    private static func dotted(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var position = start
        for group in 0..<4 {
            let end = bytes.digits(from: position, limit: 4)
            guard (1...3).contains(end - position), end - position == 1 || bytes[position] != 0x30 else { return nil }
            var value = 0
            for index in position..<end { value = value * 10 + bytes[index].digitValue }
            guard value <= 255 else { return nil }
            position = end
            if group < 3 {
                guard bytes.at(position) == .dot else { return nil }
                position += 1
            }
        }
        return position
    }

    /// Not behind what comes before versions: a letter, a dash, a slash behind a name, two equals signs, the word.
    private static func mayBegin(_ bytes: Span<UInt8>, _ start: Int, _ settled: Int) -> Bool {
        guard start > 0 else { return true }
        let before = bytes[start - 1]
        guard start > settled, before != .closingBracket || !bytes.isJoined(at: start, settled: settled) else {
            return false
        }
        if before == .slash { return start > 1 && bytes[start - 2] == .slash }
        if before == .equals { return start < 2 || bytes[start - 2] != .equals }
        if before.joinsNumber { return false }
        guard before == .space, start >= 8, start - 8 >= settled else { return true }
        var place = start - 8
        for letter in "version".utf8 {
            guard bytes[place] | 0x20 == letter else { return true }
            place += 1
        }
        return false
    }

    /// The IPv6 address whose first colon this is: eight groups, or fewer and two colons together; with at least one
    /// digit, so that the names of C++ and Rust are left alone.
    static func colons(_ bytes: Span<UInt8>, _ colon: Int, settled: Int) -> Range<Int>? {
        var start = colon
        while start > settled, colon - start < 4, bytes[start - 1].isHexDigit { start -= 1 }
        if start > 0 {
            let before = bytes[start - 1]
            guard before != .colon, start > settled, before == .slash || !bytes.isJoined(at: start, settled: settled)
            else {
                return nil
            }
        }
        // The first of two colons has no group before it; a single colon must.
        guard start < colon || bytes.at(colon + 1) == .colon else { return nil }
        var (groups, isShortened, hasDigit) = (0, false, false)
        var position = start
        while true {
            var end = position
            while end - position < 5, let byte = bytes.at(end), byte.isHexDigit { end += 1 }
            guard end - position < 5 else { return nil }
            if end > position {
                // The last two groups may be written as four numbers.
                if bytes.at(end) == .dot, groups > 0, let last = dotted(bytes, position) {
                    (groups, position, hasDigit) = (groups + 2, last, true)
                    break
                }
                for index in position..<end where bytes[index].isDigit { hasDigit = true }
                groups += 1
                position = end
            }
            guard groups < 8, bytes.at(position) == .colon else { break }
            if bytes.at(position + 1) == .colon {
                guard !isShortened else { return nil }
                isShortened = true
                position += 2
                guard bytes.at(position)?.isHexDigit == true else { break }
            } else {
                // A colon at the end belongs to the sentence.
                guard bytes.at(position + 1)?.isHexDigit == true else { break }
                position += 1
            }
        }
        guard hasDigit, isShortened ? groups < 8 : groups == 8, !goesOn(bytes, position) else { return nil }
        return start..<position
    }

    private static func goesOn(_ bytes: Span<UInt8>, _ end: Int) -> Bool {
        guard let next = bytes.at(end) else { return false }
        if next.isWord || bytes.isMark(at: end) { return true }
        guard next == .colon || next == .dot else { return false }
        return bytes.at(end + 1)?.isWord == true || bytes.isMark(at: end + 1)
    }
}
