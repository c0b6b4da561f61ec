/// Finds personal data in text and puts marks in its place: `[email]`, `[phone]`, `[ip]`, `[card]`.
///
/// One pass over the bytes, in time linear in their number: from any byte it looks at most 320 further. Text in which
/// nothing is found is returned as it is, without being copied. What is caught, and what is not:
///
/// | | caught | left alone | |---|---|---| | e-mail addresses | `ann@example.org`, also `git@host.net` | `icon@2x.png`,
/// `tool@1.2.3`, `getty@tty1.service`, a host without a dot | | network addresses | `10.0.0.1`, with port, prefix or in
/// a URL; `fe80::1`, `::ffff:10.0.0.1`, all eight groups | `1.2.3.4-5`, `v1.2.3.4`, `tool-1.2.3.4`, `tool/1.2.3.4`,
/// `==1.2.3.4`, `version 1.2.3.4`; times, hardware addresses, IPv6 addresses without a digit | | payment cards | 13 to
/// 19 digits, solid or in fours (American Express: 4-6-5), of a known issuer's range and length, with the right check
/// digit | other numbers; times in nanoseconds begin with 1, as no card does | | telephone numbers | `+` and 8 to 15
/// digits; `0` and 9 to 12 digits in groups; `(212) 555-1234`, `212-555-1234`, `1-800-…`, also with dots | digits
/// alone, without `+` or groups; dates |
///
/// Four numbers with dots alone, `1.2.3.4`, are an address. Names, postal addresses and secrets inside text are not
/// found: name their keys.
public struct Redactor: Hashable, Sendable {
    /// What is looked for in text.
    public struct Kinds: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Marked `[email]`.
        public static let emailAddresses = Kinds(rawValue: 1)
        /// Marked `[phone]`.
        public static let phoneNumbers = Kinds(rawValue: 2)
        /// IPv4 and IPv6, marked `[ip]`.
        public static let networkAddresses = Kinds(rawValue: 4)
        /// Marked `[card]`.
        public static let cardNumbers = Kinds(rawValue: 8)
        /// All of these.
        public static let all: Kinds = [.emailAddresses, .phoneNumbers, .networkAddresses, .cardNumbers]
    }

    /// What is looked for in text.
    public let kinds: Kinds
    private let keys: Set<String>

    /// Keys whose values are hidden unless told otherwise.
    public static let personalKeys: Set<String> = [
        "api key", "authorization", "cookie", "credentials", "email", "passphrase", "passwd", "password", "phone",
        "private key", "secret", "set cookie", "token",
    ]

    /// Stands for the value of a key that is hidden.
    public static let hiddenValue = "[redacted]"

    /// - Parameters:
    ///   - kinds: What is looked for in text.
    ///   - keys: Keys whose values are hidden; see ``hides(key:)``.
    public init(_ kinds: Kinds = .all, keys: Set<String> = Redactor.personalKeys) {
        self.kinds = kinds
        self.keys = Set(keys.map { Self.words(of: $0).joined() })
    }

    /// Whether the value of this key is hidden whatever it is: its last words are those of a named key, in any of the
    /// ways in which words are joined. `token` hides `token`, `accessToken`, `X-Access-Token` and `session.token`, not
    /// `token_count` and not `tokens`.
    ///
    /// - Complexity: Linear in the key's length, at the square of its number of words.
    public func hides(key: String) -> Bool {
        guard !keys.isEmpty else { return false }
        var ending = ""
        for word in Self.words(of: key).reversed() {
            ending = word + ending
            if keys.contains(ending) { return true }
        }
        return false
    }

    /// The text with marks in place of what was found.
    ///
    /// - Complexity: Linear in the length of the text.
    public func redact(_ text: String) -> String {
        var scan = PersonalData(kinds)
        let bytes = text.utf8.span
        guard var found = scan.next(in: bytes) else { return text }
        var redacted: [UInt8] = []
        redacted.reserveCapacity(bytes.count)
        var copied = 0
        while true {
            for index in copied..<found.range.lowerBound { redacted.append(bytes[index]) }
            redacted.append(contentsOf: found.kind.mark)
            copied = found.range.upperBound
            guard let next = scan.next(in: bytes) else { break }
            found = next
        }
        for index in copied..<bytes.count { redacted.append(bytes[index]) }
        return String(decoding: redacted, as: UTF8.self)
    }

    /// `X-apiKey` → x, api, key.
    private static func words(of key: String) -> [String] {
        var words: [String] = []
        var word = ""
        var lastWasLower = false
        for character in key {
            let isWord = character.isLetter || character.isNumber
            if !isWord || (character.isUppercase && lastWasLower), !word.isEmpty {
                words.append(word)
                word = ""
            }
            if isWord { word += character.lowercased() }
            lastWasLower = character.isLowercase
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
