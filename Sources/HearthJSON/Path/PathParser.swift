/// Reads a query by the grammar of RFC 9535 and checks its types as it goes.
struct PathParser {
    private let text: String
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// The integers that a double holds without gaps: what I-JSON allows.
    private static let integers = -(1 << 53) + 1...(1 << 53) - 1

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func query() throws(JSONPathError) -> PathQuery {
        guard take("$") else { throw expected("$") }
        let query = PathQuery(isAbsolute: true, segments: try segments())
        guard current == nil else { throw expected("a segment or the end") }
        return query
    }

    // MARK: Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func expected(_ what: String, at place: Int? = nil) -> JSONPathError {
        JSONPathError(path: text, byte: place ?? position, expected: what)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// Runs what may hold queries, filters or parentheses again.
    private mutating func deeper<Result>(
        _ body: (inout PathParser) throws(JSONPathError) -> Result
    ) throws(JSONPathError) -> Result {
        guard depth < JSONPath.maximumDepth else {
            throw expected("no more than \(JSONPath.maximumDepth) levels of filters, parentheses and calls")
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Segments

    private mutating func segments() throws(JSONPathError) -> [PathSegment] {
        var segments: [PathSegment] = []
        while true {
            let end = position
            skipSpace()
            if take("..") {
                let selectors =
                    current == UInt8(ascii: "[")
                    ? try bracketed() : [try shorthand("a member name, * or [ after ..")]
                segments.append(PathSegment(isDescendant: true, selectors: selectors))
            } else if take(".") {
                let selector = try shorthand("a member name or * after .")
                segments.append(PathSegment(isDescendant: false, selectors: [selector]))
            } else if current == UInt8(ascii: "[") {
                segments.append(PathSegment(isDescendant: false, selectors: try bracketed()))
            } else {
                // Space behind the last segment belongs to what is around the query.
                position = end
                return segments
            }
        }
    }

    private mutating func shorthand(_ what: String) throws(JSONPathError) -> PathSelector {
        if take("*") { return .wildcard }
        guard let first = current, Self.beginsName(first) else { throw expected(what) }
        let start = position
        while let byte = current, Self.beginsName(byte) || Self.isDigit(byte) { position += 1 }
        return .name(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    static func beginsName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private mutating func bracketed() throws(JSONPathError) -> [PathSelector] {
        position += 1
        var selectors: [PathSelector] = []
        while true {
            skipSpace()
            selectors.append(try selector())
            skipSpace()
            if take("]") { return selectors }
            guard take(",") else { throw expected("a comma or ]") }
        }
    }

    private mutating func selector() throws(JSONPathError) -> PathSelector {
        switch current {
        case UInt8(ascii: "*"):
            position += 1
            return .wildcard
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return .name(try string())
        case UInt8(ascii: "?"):
            position += 1
            skipSpace()
            return .filter(try deeper { parser throws(JSONPathError) in try parser.anyOf() })
        case .some(let byte) where Self.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":"):
            return try indexOrSlice()
        default:
            throw expected("a selector: a name in quotes, an index, a slice, * or ?")
        }
    }

    private mutating func indexOrSlice() throws(JSONPathError) -> PathSelector {
        var slice = PathSlice()
        if current != UInt8(ascii: ":") {
            let index = try integer()
            let end = position
            skipSpace()
            guard current == UInt8(ascii: ":") else {
                position = end
                return .index(index)
            }
            slice.start = index
        }
        position += 1
        skipSpace()
        slice.end = try optionalInteger()
        let end = position
        skipSpace()
        if take(":") {
            skipSpace()
            slice.step = try optionalInteger()
        } else {
            position = end
        }
        return .slice(slice)
    }

    private mutating func optionalInteger() throws(JSONPathError) -> Int? {
        guard let byte = current, Self.isDigit(byte) || byte == UInt8(ascii: "-") else { return nil }
        return try integer()
    }

    private mutating func integer() throws(JSONPathError) -> Int {
        let start = position
        let isNegative = take("-")
        let first = position
        while let byte = current, Self.isDigit(byte) { position += 1 }
        let digits = bytes[first..<position]
        guard !digits.isEmpty else { throw expected("a digit") }
        if digits.first == UInt8(ascii: "0"), digits.count > 1 || isNegative {
            throw expected("an integer without leading zeros and no -0", at: start)
        }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)), Self.integers ~= value else {
            throw expected("an integer of at most 53 bits", at: start)
        }
        return value
    }

    // MARK: Filters

    private mutating func anyOf() throws(JSONPathError) -> PathFilter {
        var terms = [try allOf()]
        while true {
            let end = position
            skipSpace()
            guard take("||") else {
                position = end
                return terms.count == 1 ? terms[0] : .any(terms)
            }
            skipSpace()
            terms.append(try allOf())
        }
    }

    private mutating func allOf() throws(JSONPathError) -> PathFilter {
        var terms = [try basic()]
        while true {
            let end = position
            skipSpace()
            guard take("&&") else {
                position = end
                return terms.count == 1 ? terms[0] : .all(terms)
            }
            skipSpace()
            terms.append(try basic())
        }
    }

    private mutating func basic() throws(JSONPathError) -> PathFilter {
        if take("!") {
            skipSpace()
            if current == UInt8(ascii: "(") { return .not(try parenthesized()) }
            let start = position
            return .not(try test(try term(), at: start))
        }
        if current == UInt8(ascii: "(") { return try parenthesized() }
        let start = position
        let left = try term()
        let end = position
        skipSpace()
        for comparison in PathComparison.all where take(comparison.rawValue) {
            let left = try operand(left, at: start)
            skipSpace()
            let place = position
            return .comparison(left, comparison, try operand(try term(), at: place))
        }
        position = end
        return try test(left, at: start)
    }

    private mutating func parenthesized() throws(JSONPathError) -> PathFilter {
        try deeper { parser throws(JSONPathError) in
            parser.position += 1
            parser.skipSpace()
            let inner = try parser.anyOf()
            parser.skipSpace()
            guard parser.take(")") else { throw parser.expected("&&, || or )") }
            return inner
        }
    }

    /// A literal, a query or a call, before it is known what is wanted of it.
    private enum Term {
        case literal(JSONValue)
        case query(PathQuery)
        case call(PathCall)
    }

    private func test(_ term: Term, at start: Int) throws(JSONPathError) -> PathFilter {
        switch term {
        case .query(let query): return .exists(query)
        case .call(let call) where call.function.result == .logical: return .test(call)
        case .call(let call):
            throw expected("a comparison of what \(call.function.rawValue)() gives", at: start)
        case .literal: throw expected("a comparison with the literal", at: start)
        }
    }

    private func operand(_ term: Term, at start: Int) throws(JSONPathError) -> PathOperand {
        switch term {
        case .literal(let value): return .literal(value)
        case .query(let query):
            guard query.isSingular else {
                throw expected("a query that selects one node at most, of names and indexes", at: start)
            }
            return .query(query)
        case .call(let call):
            guard call.function.result == .value else {
                throw expected("a value, which \(call.function.rawValue)() does not give", at: start)
            }
            return .call(call)
        }
    }

    private mutating func term() throws(JSONPathError) -> Term {
        switch current {
        case UInt8(ascii: "@"):
            position += 1
            return .query(PathQuery(isAbsolute: false, segments: try segments()))
        case UInt8(ascii: "$"):
            position += 1
            return .query(PathQuery(isAbsolute: true, segments: try segments()))
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return .literal(.string(try string()))
        case .some(let byte) where Self.isDigit(byte) || byte == UInt8(ascii: "-"):
            do {
                return .literal(try JSONNumber.read(bytes, at: &position))
            } catch {
                throw expected("a number as JSON has it")
            }
        case .some(let byte) where UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte:
            return try word()
        default:
            throw expected("a query, a literal, a function, ! or (")
        }
    }

    /// `true`, `false`, `null` or a call.
    private mutating func word() throws(JSONPathError) -> Term {
        let start = position
        while let byte = current, byte < 0x80, Self.beginsName(byte) || Self.isDigit(byte) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if take("(") {
            guard let function = PathFunction(rawValue: word) else {
                let known = PathFunction.allCases.map(\.rawValue).joined(separator: ", ")
                throw expected("a function of these: \(known)", at: start)
            }
            return .call(try deeper { parser throws(JSONPathError) in try parser.call(function) })
        }
        switch word {
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "null": return .literal(.null)
        default: throw expected("true, false, null or a function", at: start)
        }
    }

    /// Behind the opening parenthesis.
    private mutating func call(_ function: PathFunction) throws(JSONPathError) -> PathCall {
        var call = PathCall(function: function, arguments: [])
        for (number, parameter) in function.parameters.enumerated() {
            skipSpace()
            if number > 0 {
                guard take(",") else { throw expected("a comma and argument \(number + 1) of \(function.rawValue)()") }
                skipSpace()
            }
            let start = position
            let term = try term()
            if parameter == .nodes {
                guard case .query(let query) = term else {
                    throw expected("a query, which \(function.rawValue)() looks at", at: start)
                }
                call.arguments.append(.nodes(query))
            } else {
                call.arguments.append(.value(try operand(term, at: start)))
            }
        }
        skipSpace()
        guard take(")") else { throw expected("a ) after the arguments of \(function.rawValue)()") }
        if function == .match || function == .search, case .value(.literal(let literal)) = call.arguments[1] {
            if case .string(let pattern) = literal {
                call.pattern = .fixed(IRegexp(pattern))
            } else {
                call.pattern = .fixed(nil)
            }
        }
        return call
    }

    // MARK: Strings

    private mutating func string() throws(JSONPathError) -> String {
        let quote = bytes[position]
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case quote:
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try escape(quote, into: &text)
            case 0..<0x20:
                throw expected("an escape: \\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw expected("a closing \(quote == UInt8(ascii: "'") ? "'" : "\"")")
    }

    private mutating func escape(_ quote: UInt8, into text: inout [UInt8]) throws(JSONPathError) {
        let start = position
        position += 1
        let byte = current
        position += 1
        switch byte {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "/"), UInt8(ascii: "\\"), quote: text.append(byte ?? quote)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scalar(start)).utf8)
        default: throw expected("an escape of b, f, n, r, t, /, \\, u or the string's own quote", at: start)
        }
    }

    /// Behind `\u`.
    private mutating func scalar(_ start: Int) throws(JSONPathError) -> Unicode.Scalar {
        let first = try hexadecimal(start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\u") else { throw expected("both halves of a surrogate pair", at: start) }
        let second = try hexadecimal(start)
        guard 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw expected("both halves of a surrogate pair", at: start) }
        return scalar
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONPathError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(hexadecimalDigit) else {
                throw expected("four hexadecimal digits", at: start)
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }
}
