extension ProfileFormat {
    /// Lines looked at before a text is given up.
    private static let lines = 200
    private static let bytes = 1 << 20

    /// The format by content, the extension of `path` being a hint where content alone does not say; nil when it is none.
    /// - Parameter bytes: the content, decompressed. O(bytes) for pprof, else O(1).
    static func detect(_ bytes: [UInt8], path: String) -> ProfileFormat? {
        let hint = ProfileFormat(path: path)
        if PprofWire.looksLikeProfile(bytes) { return .pprof }
        if looksLikeJSONObject(bytes) { return .speedscope }
        let head = head(bytes)
        // Text has no zero bytes; a damaged pprof file does, and then the message should say where it is damaged.
        if head.contains(0) { return hint == .pprof ? .pprof : nil }
        if PerfScriptReader.looksLikePerfScript(head) { return .perfScript }
        // Read as such, it says what is missing.
        if PerfScriptReader.looksLikeFrames(head) { return .perfScript }
        if looksCollapsed(head) { return .collapsed }
        return hint
    }

    /// The first lines, ended at a line break if there is one.
    private static func head(_ bytes: [UInt8]) -> [UInt8] {
        var end = 0
        var count = 0
        for line in Lines(Array(bytes.prefix(Self.bytes))) {
            count += 1
            guard count <= lines else { break }
            end = line.range.upperBound
        }
        return Array(bytes.prefix(end))
    }

    private static func looksLikeJSONObject(_ bytes: [UInt8]) -> Bool {
        var significant = bytes.lazy.filter { $0 > Ascii.space }.makeIterator()
        var first = significant.next()
        if first == 0xEF {
            _ = (significant.next(), significant.next())
            first = significant.next()
        }
        let second = significant.next()
        return first == UInt8(ascii: "{") && (second == UInt8(ascii: "\"") || second == UInt8(ascii: "}"))
    }

    /// Whether the text is nothing but comments, or has a line that ends in a count.
    private static func looksCollapsed(_ head: [UInt8]) -> Bool {
        var hasContent = false
        for line in Lines(head) where !head[line.range].allSatisfy(Ascii.isBlank) {
            if head[line.range.lowerBound] == Ascii.hash { continue }
            hasContent = true
            if let (_, count) = CollapsedLines.split(head, line.range),
                DecimalScale(digits: 0).parse(head[count]) != nil
            {
                return true
            }
        }
        return !hasContent
    }
}
