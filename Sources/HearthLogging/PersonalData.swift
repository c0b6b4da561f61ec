/// Goes through the bytes of a text once and stops where personal data stands. Each kind has a byte without which it
/// cannot be: a digit, an at sign, a colon. All other bytes are passed at the cost of some comparisons.
struct PersonalData {
    enum Kind: CaseIterable {
        case email, phone, address, card

        /// What stands in the place of what was found. No mark has a digit, an at sign or a colon.
        var mark: [UInt8] {
            switch self {
            case .email: Self.emailMark
            case .phone: Self.phoneMark
            case .address: Self.addressMark
            case .card: Self.cardMark
            }
        }

        private static let emailMark = Array("[email]".utf8)
        private static let phoneMark = Array("[phone]".utf8)
        private static let addressMark = Array("[ip]".utf8)
        private static let cardMark = Array("[card]".utf8)
    }

    private let kinds: Redactor.Kinds
    /// Where the search goes on; what lies before is settled, and no finding reaches back into it.
    private var position = 0
    private var settled = 0

    init(_ kinds: Redactor.Kinds) { self.kinds = kinds }

    mutating func next(in bytes: Span<UInt8>) -> (kind: Kind, range: Range<Int>)? {
        var index = position
        while index < bytes.count {
            let byte = bytes[index]
            if byte.isDigit {
                let end = bytes.digits(from: index, limit: .max)
                if let found = number(bytes, index..<end) { return take(found) }
                // The rest of this number is no start of another one.
                index = end
                continue
            }
            if byte == .colon || byte == .at,
                let found = byte == .colon ? colon(bytes, index) : email(bytes, index)
            {
                return take(found)
            }
            index += 1
        }
        position = index
        return nil
    }

    private mutating func take(_ found: (kind: Kind, range: Range<Int>)) -> (kind: Kind, range: Range<Int>) {
        position = found.range.upperBound
        settled = position
        return found
    }

    /// What begins with these digits, or just before them. Most numbers are told to be nothing by their length and the byte
    /// that follows.
    private func number(_ bytes: Span<UInt8>, _ digits: Range<Int>) -> (kind: Kind, range: Range<Int>)? {
        let start = digits.lowerBound
        let before = start > settled ? bytes[start - 1] : nil
        if before == .plus {
            guard kinds.contains(.phoneNumbers), !bytes.isJoined(at: start - 1, settled: settled),
                let end = Phone.international(bytes, start)
            else { return nil }
            return (.phone, start - 1..<end)
        }
        let next = bytes.at(digits.upperBound)
        // An address is looked for behind two slashes too.
        if next == .dot, digits.count <= 3, kinds.contains(.networkAddresses),
            let end = NetworkAddress.fourNumbers(bytes, start, settled: settled)
        {
            return (.address, start..<end)
        }
        let isSeparated = next == .space || next == .dash || next == .dot || next == .slash
        guard digits.count >= 13 || isSeparated || next == .closingParenthesis,
            !bytes.isJoined(at: start, settled: settled)
        else { return nil }
        if digits.count >= 13 || digits.count == 4, kinds.contains(.cardNumbers), let end = Card.end(bytes, start) {
            return (.card, start..<end)
        }
        guard digits.count <= 5, kinds.contains(.phoneNumbers) else { return nil }
        if before == .openingParenthesis {
            guard !bytes.isJoined(at: start - 1, settled: settled), let end = Phone.inParentheses(bytes, start) else {
                return nil
            }
            return (.phone, start - 1..<end)
        }
        return Phone.national(bytes, start).map { (.phone, start..<$0) }
    }

    /// An IPv6 address whose first colon this is.
    private func colon(_ bytes: Span<UInt8>, _ colon: Int) -> (kind: Kind, range: Range<Int>)? {
        guard kinds.contains(.networkAddresses) else { return nil }
        return NetworkAddress.colons(bytes, colon, settled: settled).map { (.address, $0) }
    }

    private func email(_ bytes: Span<UInt8>, _ at: Int) -> (kind: Kind, range: Range<Int>)? {
        guard kinds.contains(.emailAddresses) else { return nil }
        return Email.around(bytes, at, settled: settled).map { (.email, $0) }
    }
}
