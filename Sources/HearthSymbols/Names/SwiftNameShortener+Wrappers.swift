internal import HearthProfile

extension SwiftNameShortener {
    /// What stands before the name of a function that it is a form of, and whether it only passes a call on.
    private static let wrappers: [(words: StaticString, thunk: Frame.Thunk?)] = [
        ("merged ", nil),
        ("partial apply forwarder for ", .namesake),
        ("partial apply ObjC forwarder for ", .namesake),
        ("dispatch thunk of ", .bare),
        ("curry thunk of ", .namesake),
        ("distributed thunk ", .namesake),
        ("distributed accessor for ", .namesake),
        ("back deployment thunk for ", .namesake),
        ("back deployment fallback for ", nil),
        ("dynamically replaceable thunk for ", .namesake),
        ("protocol self-conformance witness for ", .namesake),
        ("@objc ", .namesake),
        ("@nonobjc ", nil),
        ("async function pointer to ", nil),
        ("coro function pointer to ", nil),
        ("canonical specialized generic ", nil),
        ("noncanonical specialized generic ", nil),
        ("override ", nil),
        ("super ", nil),
    ]

    /// The same name with one wrapper less; nil when it has none.
    mutating func withoutWrapper(_ range: Range<Int>) -> Range<Int>? {
        guard text.startsWithWord(range) else { return withoutResumePart(range) }
        let (start, end) = (range.lowerBound, range.upperBound)
        for wrapper in Self.wrappers where text.has(wrapper.words, at: start, before: end) {
            if let kind = wrapper.thunk { mark(kind) }
            return start + wrapper.words.utf8CodeUnitCount..<end
        }
        return withoutSpecialization(range) ?? withoutDispatch(range)
    }

    /// `(2) await resume partial function for f() async -> ()`
    private func withoutResumePart(_ range: Range<Int>) -> Range<Int>? {
        let (start, end) = (range.lowerBound, range.upperBound)
        guard text.byte(start, before: end) == UInt8(ascii: "(") else { return nil }
        let digits = text.endOfDigits(at: start + 1, before: end)
        guard digits > start + 1 else { return nil }
        for words: StaticString in [") await resume partial function for ", ") suspend resume partial function for "]
        where text.has(words, at: digits, before: end) {
            return digits + words.utf8CodeUnitCount..<end
        }
        return nil
    }

    /// `generic specialization <Swift.Int> of f<A>(A) -> ()`
    private func withoutSpecialization(_ range: Range<Int>) -> Range<Int>? {
        let (start, end) = (range.lowerBound, range.upperBound)
        let kinds: [StaticString] = [
            "generic ", "function signature specialization ", "inlined generic ", "pre-specialized ", "prespecialized ",
        ]
        guard kinds.contains(where: { text.has($0, at: start, before: end) }),
            let open = text.find(" <", in: range), open - start < 64
        else { return nil }
        if let close = text.endOfBrackets(at: open + 1, before: end), text.has(" of ", at: close, before: end) {
            return close + 4..<end
        }
        // The name of an operator inside upsets the count of brackets.
        return text.find("> of ", in: open..<end).map { $0 + 5..<end }
    }

    /// `vtable thunk for f() dispatching to g()`
    private mutating func withoutDispatch(_ range: Range<Int>) -> Range<Int>? {
        guard text.has("vtable thunk for ", at: range.lowerBound, before: range.upperBound),
            let target = text.find(" dispatching to ", in: range)
        else { return nil }
        mark(.namesake)
        return target + 16..<range.upperBound
    }
}
