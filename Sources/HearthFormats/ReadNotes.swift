/// What a reader met and could live with. Worth a warning: the profile is not all that is in the file.
public struct ReadNotes: Hashable, Sendable {
    /// A line that could not be understood.
    public struct Line: Hashable, Sendable {
        /// Counted from 1.
        public var number: Int
        public var text: String
        /// What is wrong with it, where there is more to say than that it cannot be understood.
        public var problem: String?

        /// `line 3 (its count is below 0): a;b -1`.
        var description: String {
            "line \(number)\(problem.map { " (\($0))" } ?? ""): \(text)"
        }
    }

    public var format: ProfileFormat
    /// Lines without a count or with one below zero, or that fit nowhere; left out.
    public var malformedLines = 0
    public var firstMalformedLine: Line?
    /// Lines or strings with bytes that are not UTF-8, each replaced by U+FFFD.
    public var invalidUTF8 = 0

    init(format: ProfileFormat) { self.format = format }

    /// One line each, without the name of the file; empty when all was well.
    public var warnings: [String] {
        var warnings: [String] = []
        if let first = firstMalformedLine {
            let many = malformedLines == 1 ? "1 malformed line" : "\(malformedLines) malformed lines"
            warnings.append("\(many) left out, the first is \(first.description)")
        }
        if invalidUTF8 > 0 {
            let many = invalidUTF8 == 1 ? "1 name holds" : "\(invalidUTF8) names hold"
            warnings.append("\(many) bytes that are not UTF-8, shown as \u{FFFD}")
        }
        return warnings
    }

    mutating func addMalformed(line number: Int, _ bytes: some Collection<UInt8>, problem: String? = nil) {
        malformedLines += 1
        guard firstMalformedLine == nil else { return }
        let text = String(decoding: bytes.prefix(Self.shownBytes), as: UTF8.self)
        firstMalformedLine = Line(
            number: number, text: bytes.count > Self.shownBytes ? text + "…" : text, problem: problem)
    }

    /// A line can be as long as the file; a warning cannot.
    private static let shownBytes = 80
}
