internal import HearthProfile

/// The comment in which Hearth's collapsed files name their sample type: `# hearth sample-type: cpu nanoseconds`, or say
/// that they hold two columns of it: `# hearth differential: base, new; cpu nanoseconds`.
///
/// It must not end in a number: readers that know no comments would take it for a stack.
enum CollapsedHeader {
    private static let prefix = "# hearth sample-type: "
    private static let differentialPrefix = "# hearth differential: "

    static func line(_ type: ValueType) -> String {
        prefix + word(type.type) + " " + word(type.unit) + "\n"
    }

    static func differentialLine(_ type: ValueType) -> String {
        differentialPrefix + "base, new; " + word(type.type) + " " + word(type.unit) + "\n"
    }

    /// Whether a comment line says that every stack has two counts.
    static func isDifferential(_ line: ArraySlice<UInt8>) -> Bool { line.starts(with: differentialPrefix.utf8) }

    /// The sample type that a comment line names; nil for any other comment.
    static func sampleType(_ line: ArraySlice<UInt8>) -> ValueType? {
        guard line.starts(with: prefix.utf8) else { return nil }
        let words = line.dropFirst(prefix.utf8.count).split(separator: Ascii.space)
        guard words.count == 2 else { return nil }
        return ValueType(type: text(words[0]), unit: text(words[1]))
    }

    /// One word: blanks escaped, a `-` for nothing at all.
    private static func word(_ text: String) -> String {
        if text == "-" { return "\\u{2d}" }
        let escaped = CollapsedName.escaped(text).flatMap { $0 == Ascii.space ? Array("\\u{20}".utf8) : [$0] }
        return escaped.isEmpty ? "-" : String(decoding: escaped, as: UTF8.self)
    }

    private static func text(_ word: ArraySlice<UInt8>) -> String {
        word.elementsEqual([Ascii.minus]) ? "" : CollapsedName.unescaped(word).decodedText.text
    }
}
