public import HearthProfile

/// A short form of a demangled C++ name: `swift::metadataimpl::ValueWitnesses::destroy`, without template arguments,
/// parameters, result and ABI tags.
public struct CxxName: Hashable, Sendable {
    public var short: String
    /// For code that only adjusts `this` or the result and passes the call on.
    public var thunk: Frame.Thunk?

    private static let thunks: [StaticString] = [
        "non-virtual thunk to ", "virtual thunk to ", "covariant return thunk to ",
    ]

    /// Shortens what `__cxa_demangle` printed; takes any text. O(length) for names as compilers make them.
    public init(demangled: String) {
        guard demangled.utf8.count <= SwiftName.longestName else {
            short = demangled.prefix(256) + "…"
            return
        }
        let text = NameText(demangled)
        var start = 0
        for words in Self.thunks where text.has(words, at: start, before: text.bytes.count) {
            start += words.utf8CodeUnitCount
            thunk = .namesake
        }
        let name = Self.withoutHash(Self.path(text, start..<text.bytes.count))
        short = name.isEmpty ? demangled : String(decoding: name, as: UTF8.self)
    }

    /// Rust's names are mangled as C++'s are, with a hash as the last part: `core::fmt::write::h0123456789abcdef`.
    private static func withoutHash(_ name: [UInt8]) -> [UInt8] {
        let rest = name.dropLast(16)
        guard rest.suffix(3) == Array("::h".utf8)[...], name.suffix(16).allSatisfy(NameText.isLowerHexDigit) else {
            return name
        }
        return Array(rest.dropLast(3))
    }

    /// The last word outside brackets, which is the name: what stands before it is the result, behind it qualifiers.
    private static func path(_ text: NameText, _ range: Range<Int>) -> [UInt8] {
        let end = range.upperBound
        var name: [UInt8] = []
        var position = range.lowerBound
        let lastContext = endOfContexts(text, range)
        while position < end {
            let byte = text.bytes[position]
            if text.has("operator", at: position, before: end), !endsInIdentifier(name) {
                let behind = endOfOperator(text, position + 8, before: end)
                // `operator std::vector<int>` converts to that type.
                let converts = text.byte(position + 8, before: behind) == UInt8(ascii: " ")
                name += converts ? withoutArguments(text, position..<behind) : Array(text.bytes[position..<behind])
                // `operator< <int>`
                position = text.has(" <", at: behind, before: end) ? behind + 1 : behind
            } else if text.has("(anonymous namespace)", at: position, before: end) {
                name += text.bytes[position..<position + 21]
                position += 21
            } else if text.has("__cxx11::", at: position, before: end) || text.has("[abi:", at: position, before: end)
                || text.has(" [clone ", at: position, before: end)
            {
                let close: UInt8 = byte == UInt8(ascii: "_") ? UInt8(ascii: ":") : UInt8(ascii: "]")
                let found = text.bytes[(position + 5)..<end].firstIndex(of: close) ?? end - 1
                position = found + (close == UInt8(ascii: ":") ? 2 : 1)
            } else if byte == UInt8(ascii: "("),
                (text.endOfBrackets(at: position, before: end) ?? end) > lastContext
            {
                return name
            } else if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "<") {
                position = text.endOfBrackets(at: position, before: end) ?? end
            } else if byte == UInt8(ascii: " ") {
                name.removeAll()
                position += 1
            } else {
                name.append(byte)
                position += 1
            }
        }
        return name
    }

    /// A type without template arguments and inline namespaces.
    private static func withoutArguments(_ text: NameText, _ range: Range<Int>) -> [UInt8] {
        var type: [UInt8] = []
        var position = range.lowerBound
        while position < range.upperBound {
            if text.has("__cxx11::", at: position, before: range.upperBound) {
                position += 9
            } else if text.bytes[position] == UInt8(ascii: "<"),
                let close = text.endOfBrackets(at: position, before: range.upperBound)
            {
                position = close
            } else {
                type.append(text.bytes[position])
                position += 1
            }
        }
        return type
    }

    /// The last place of what shows that brackets before it are the parameters of a function that this one is inside of.
    private static func endOfContexts(_ text: NameText, _ range: Range<Int>) -> Int {
        range.last { position in
            switch text.bytes[position] {
            case UInt8(ascii: "("), UInt8(ascii: "}"): true
            case UInt8(ascii: ":"): text.has("::", at: position, before: range.upperBound)
            default: false
            }
        } ?? range.lowerBound
    }

    private static func endsInIdentifier(_ name: [UInt8]) -> Bool { name.last.map(NameText.isIdentifier) ?? false }

    /// Behind the name of an operator: `()`, `<<`, ` new[]`, ` bool`.
    private static func endOfOperator(_ text: NameText, _ position: Int, before end: Int) -> Int {
        if text.has("()", at: position, before: end) { return position + 2 }
        var place = position
        // `operatorName` is an identifier like any other.
        if let byte = text.byte(position, before: end), NameText.isIdentifier(byte) {
            return text.endOfIdentifier(at: position, before: end) ?? position
        }
        if text.byte(position, before: end) == UInt8(ascii: " ") {
            while place < end, text.bytes[place] != UInt8(ascii: "(") { place += 1 }
            return place
        }
        let symbols = Array("+-*/%^&|~!=<>,[]".utf8)
        var isFirst = true
        while place < end, symbols.contains(text.bytes[place]) {
            // `operator< <int>` has a space; `operator==<int>` has none.
            if !isFirst, text.bytes[place] == UInt8(ascii: "<"), text.bytes[place - 1] != UInt8(ascii: "<") { break }
            isFirst = false
            place += 1
        }
        return place
    }
}
