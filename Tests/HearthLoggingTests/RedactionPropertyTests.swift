import HearthLogging
import HearthRandom
import Testing

/// Of text put together at random from pieces that matter.
@Suite struct RedactionPropertyTests {
    private static let pieces = [
        "a", "B", "f", "0", "1", "4", "9", "12", "255", "4111", "1111", "4111111111111111", "10.0.0.1", "fe80::1", "::",
        ":", ".",
        "-", "+", "/", " ", "(", ")", "@", "_", "=", "%", "[", "]", "ann@example.org", "+49 151 12345678",
        "212-555-1234", "0151",
        "v", "version ", "é", "漢", "\n", "x.org", "[ip]", "[phone]",
        "~", "(0)",
    ]

    private func text(_ random: inout SeededGenerator, _ pieces: [String]) -> String {
        (0..<random.below(40)).map { _ in pieces[random.below(pieces.count)] }.joined()
    }

    @Test func redactingTwiceIsRedactingOnce() {
        let redactor = Redactor()
        var random = SeededGenerator(seed: 1)
        for _ in 0..<8_000 {
            let text = text(&random, Self.pieces)
            let once = redactor.redact(text)
            let twice = redactor.redact(once)
            #expect(twice == once, "of \(text.debugDescription)")
        }
    }

    @Test func textWithoutDigitsAndAtSignsIsUnchanged() {
        let redactor = Redactor()
        var random = SeededGenerator(seed: 2)
        let pieces =
            Self.pieces.filter { !$0.contains { $0.isNumber || $0 == "@" } } + ["::", "dead:beef::cafe", "face"]
        for _ in 0..<3_000 {
            let text = text(&random, pieces)
            #expect(redactor.redact(text) == text)
        }
    }

    /// What is not a part of a finding stays, byte for byte, and in its order; whatever bytes there are.
    @Test func whatIsNotFoundStays() {
        let redactor = Redactor()
        var random = SeededGenerator(seed: 3)
        for _ in 0..<3_000 {
            let text = text(&random, Self.pieces.filter { !$0.hasPrefix("[") && $0 != "]" })
            let redacted = redactor.redact(text)
            // The parts between the marks, one after the other.
            var rest = Substring(text)
            var isFirst = true
            for part in redacted.split(separator: "[", omittingEmptySubsequences: false) {
                let kept = isFirst ? part : part.drop { $0 != "]" }.dropFirst()
                isFirst = false
                guard let range = kept.isEmpty ? rest.startIndex..<rest.startIndex : rest.firstRange(of: kept) else {
                    Issue.record("\(kept) is not in what is left of \(text.debugDescription)")
                    break
                }
                rest = rest[range.upperBound...]
            }
        }
    }

    /// An address is found wherever it stands between words.
    @Test func aFindingDoesNotDependOnWhatStandsFarAway() {
        let redactor = Redactor()
        var random = SeededGenerator(seed: 4)
        for _ in 0..<1_000 {
            let text = text(&random, Self.pieces)
            let redacted = redactor.redact("\(text) ; ann@example.org ; \(text)")
            #expect(redacted.contains(" ; [email] ; "), "of \(text.debugDescription)")
        }
    }

    /// The work for a byte is bounded: ten times the text is no more than ten times the work, which is counted by
    /// nobody; this ends in a moment, and took minutes if any of these texts took the square of its length.
    @Test(arguments: [
        "1 ", "4111 ", "1.", "1.2.3.", "a@", "a.", "1:", "::", "f:", "+1 ", "(1", "0123 ", "1-", "a@b.", "@",
    ])
    func longTextsTakeLinearTime(piece: String) {
        let text = String(repeating: piece, count: 60_000)
        let redacted = Redactor().redact(text)
        #expect(redacted.utf8.count <= text.utf8.count)
    }
}
