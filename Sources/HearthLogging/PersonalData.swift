/// Goes through the bytes of a text once and stops where personal data stands. Each kind has a byte without which it
/// cannot be: a digit, an at sign, a colon. All other bytes are passed at the cost of a comparison or two.
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
            // 0 to 9, and the colon that follows them.
            if byte &- 0x30 <= 10 {
                if let found = byte == .colon ? colon(bytes, index) : number(bytes, index) { return take(found) }
                // The rest of this number is no start of another one.
                if byte != .colon { while index + 1 < bytes.count, bytes[index + 1].isDigit { index += 1 } }
            } else if byte == .at, let found = email(bytes, index) {
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

    /// What begins with the digits at this place, or just before them.
    private func number(_ bytes: Span<UInt8>, _ start: Int) -> (kind: Kind, range: Range<Int>)? {
        let before = start > settled ? bytes[start - 1] : nil
        if before == .plus {
            guard kinds.contains(.phoneNumbers), !bytes.isJoined(at: start - 1, settled: settled),
                let end = Phone.international(bytes, start)
            else { return nil }
            return (.phone, start - 1..<end)
        }
        // An address is looked for behind two slashes too.
        if kinds.contains(.networkAddresses), let end = NetworkAddress.fourNumbers(bytes, start, settled: settled) {
            return (.address, start..<end)
        }
        guard !bytes.isJoined(at: start, settled: settled) else { return nil }
        if kinds.contains(.cardNumbers), let end = Card.end(bytes, start) { return (.card, start..<end) }
        guard kinds.contains(.phoneNumbers) else { return nil }
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
