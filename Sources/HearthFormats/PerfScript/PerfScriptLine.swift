/// The two kinds of lines of `perf script`.
///
/// A header, `comm pid/tid [cpu] time: period event:`, of which `-F` may leave out parts; and a frame,
/// `address symbol+0xoffset (object)`.
enum PerfScriptLine {
    struct Header: Equatable {
        var thread: String
        /// `cpu-clock`, `cycles:u`; empty when not printed.
        var event: String
        /// What the event counted since the last sample; nil when not printed.
        var period: Int64?
        /// Nanoseconds of the clock that perf ran by, which begins anywhere; nil when not printed.
        var time: Int64?
        /// A frame in the same line, as printed without call chains.
        var frame: Frame?
    }

    struct Frame: Hashable {
        var address: UInt64
        /// Empty when perf found none.
        var symbol: String
        var object: String
        var isInlined: Bool
    }

    /// Nil when the line is no header.
    static func header(_ line: Substring) -> Header? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let thread = processIndex(words) else { return nil }
        var header = Header(thread: String(line[words[0].startIndex..<words[thread - 1].endIndex]), event: "")
        var index = thread + 1
        while index < words.count, isProcess(words[index]) || isProcessor(words[index]) || isTime(words[index]) {
            // `1234 cycles:` is a period, as is no other bare number here.
            if index + 1 < words.count, isEvent(words[index + 1]), let period = Int64(words[index]) {
                header.period = period
            }
            header.time = header.time ?? time(words[index])
            index += 1
        }
        if index < words.count, isEvent(words[index]) {
            header.event = String(words[index].dropLast())
            index += 1
            if index < words.count { header.frame = frame(line[words[index].startIndex...]) }
        }
        return header
    }

    /// Nil when the line is no frame.
    static func frame(_ line: Substring) -> Frame? {
        let text = line.drop(while: \.isWhitespace)
        guard let blank = text.firstIndex(of: " "), let address = UInt64(text[..<blank], radix: 16) else { return nil }
        var symbol = text[text.index(after: blank)...].drop { $0 == " " }
        while symbol.last?.isWhitespace == true { symbol.removeLast() }
        var object = Substring()
        if symbol.last == ")", let opening = objectStart(symbol) {
            object = symbol[symbol.index(after: opening)...].dropLast()
            symbol = symbol[..<opening]
        }
        while symbol.last == " " { symbol.removeLast() }
        let isInlined = object == "inlined"
        return Frame(
            address: address, symbol: isUnknown(symbol) ? "" : String(withoutOffset(symbol)),
            object: isUnknown(object) || isInlined ? "" : String(withoutOffset(object)), isInlined: isInlined)
    }

    /// The `(` before the object file. Symbols have parentheses too, and deleted files a second pair.
    private static func objectStart(_ text: Substring) -> Substring.Index? {
        let deleted = " (deleted))"
        let searched = text.hasSuffix(deleted) ? text.dropLast(deleted.count) : text
        guard let opening = searched.lastIndex(of: "(") else { return nil }
        return opening == text.startIndex || text[text.index(before: opening)] == " " ? opening : nil
    }

    private static func isUnknown(_ text: Substring) -> Bool { text == "[unknown]" || text.isEmpty }

    /// `main+0x1f` is `main`.
    private static func withoutOffset(_ text: Substring) -> Substring {
        guard let plus = text.lastIndex(of: "+") else { return text }
        let offset = text[plus...].dropFirst()
        guard offset.hasPrefix("0x"), offset.count > 2, offset.dropFirst(2).allSatisfy(\.isHexDigit) else {
            return text
        }
        return text[..<plus]
    }

    /// `12`, or `12/13`.
    private static func isProcess(_ word: Substring) -> Bool {
        let parts = word.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Ascii.isDigit) }
    }

    /// `[003]`.
    private static func isProcessor(_ word: Substring) -> Bool {
        word.first == "[" && word.last == "]" && word.count > 2
            && word.dropFirst().dropLast().utf8.allSatisfy(Ascii.isDigit)
    }

    /// `1234.567890:`.
    private static func isTime(_ word: Substring) -> Bool {
        word.last == ":" && word.count > 1 && word.dropLast().utf8.allSatisfy { Ascii.isDigit($0) || $0 == Ascii.dot }
    }

    /// Nanoseconds; nil for other words, and beyond 64 bits.
    private static func time(_ word: Substring) -> Int64? {
        guard isTime(word) else { return nil }
        return DecimalScale(digits: 9).parse(ArraySlice(word.dropLast().utf8))
    }

    /// `cycles:`, `cpu-clock:uhH:`.
    private static func isEvent(_ word: Substring) -> Bool { word.last == ":" && word.count > 1 && !isTime(word) }

    /// Which word is the process. A thread's name may hold blanks and numbers, as in `worker 3 4242/4243 [001]`: so it is
    /// what stands before processor or time where they are printed, else the first number with an event or nothing behind
    /// it, a period between them at most.
    private static func processIndex(_ words: [Substring]) -> Int? {
        if let next = words.firstIndex(where: { isProcessor($0) || isTime($0) }), next >= 2 {
            return isProcess(words[next - 1]) ? next - 1 : nil
        }
        return words.indices.dropFirst().first { index in
            guard isProcess(words[index]) else { return false }
            guard index + 1 < words.count else { return true }
            if isEvent(words[index + 1]) { return true }
            return isProcess(words[index + 1]) && index + 2 < words.count && isEvent(words[index + 2])
        }
    }
}
