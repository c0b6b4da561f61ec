/// A pattern as a tree.
indirect enum Pattern: Hashable, Sendable {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    case sequence([Pattern])
    case choice([Pattern])
    /// `most` is nil where there is no bound.
    case repeated(Pattern, least: Int, most: Int?)
}

/// Reads I-Regexp (RFC 9485), by its grammar and nothing beyond it: no anchors, no back references, no `\d`.
struct PatternParser {
    struct Malformed: Error {}

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private static let maximumDepth = 100

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    static func parse(_ text: String) throws(Malformed) -> Pattern {
        var parser = PatternParser(text)
        let pattern = try parser.choice()
        guard parser.current == nil else { throw Malformed() }
        return pattern
    }

    private var current: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        position += 1
        return true
    }

    private mutating func next() throws(Malformed) -> Unicode.Scalar {
        guard let scalar = current else { throw Malformed() }
        position += 1
        return scalar
    }

    private mutating func choice() throws(Malformed) -> Pattern {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw Malformed() }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Malformed) -> Pattern {
        var pieces: [Pattern] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let atom = try atom()
            pieces.append(try quantified(atom))
        }
        return pieces.count == 1 ? pieces[0] : .sequence(pieces)
    }

    private mutating func atom() throws(Malformed) -> Pattern {
        let scalar = try next()
        switch scalar {
        case "(":
            let inner = try choice()
            guard take(")") else { throw Malformed() }
            return inner
        case ".":
            return .set(.any)
        case "[":
            return .set(try set())
        case "\\":
            return try escape()
        case ")", "*", "+", "?", "]", "{", "|", "}":
            throw Malformed()
        default:
            return .scalar(scalar)
        }
    }

    private mutating func quantified(_ atom: Pattern) throws(Malformed) -> Pattern {
        if take("*") { return .repeated(atom, least: 0, most: nil) }
        if take("+") { return .repeated(atom, least: 1, most: nil) }
        if take("?") { return .repeated(atom, least: 0, most: 1) }
        guard take("{") else { return atom }
        let least = try count()
        var most: Int? = least
        if take(",") { most = current == "}" ? nil : try count() }
        guard take("}"), most.map({ $0 >= least }) ?? true else { throw Malformed() }
        return .repeated(atom, least: least, most: most)
    }

    private mutating func count() throws(Malformed) -> Int {
        let start = position
        var value = 0
        while let digit = current, "0"..."9" ~= digit {
            // What is this large, is too large to be compiled.
            value = min(value * 10 + Int(digit.value - 0x30), Int(Int32.max))
            position += 1
        }
        guard position > start else { throw Malformed() }
        return value
    }

    // MARK: Escapes and sets

    /// Behind a backslash.
    private mutating func escape() throws(Malformed) -> Pattern {
        if let set = try category() { return .set(set) }
        return .scalar(try escapedScalar())
    }

    private mutating func escapedScalar() throws(Malformed) -> Unicode.Scalar {
        let scalar = try next()
        switch scalar {
        case "(", ")", "*", "+", "-", ".", "?", "[", "\\", "]", "^", "{", "|", "}": return scalar
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        default: throw Malformed()
        }
    }

    /// `p{…}` or `P{…}`; nil, and nothing taken, where there is neither.
    private mutating func category() throws(Malformed) -> ScalarSet? {
        guard let letter = current, letter == "p" || letter == "P" else { return nil }
        position += 1
        guard take("{") else { throw Malformed() }
        var name = ""
        while let scalar = current, scalar != "}", name.utf8.count <= 2 {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take("}"), let categories = ScalarCategories(named: name) else { throw Malformed() }
        return ScalarSet(categories: letter == "p" ? categories : categories.inverted)
    }

    /// Behind an opening bracket.
    private mutating func set() throws(Malformed) -> ScalarSet {
        var set = ScalarSet()
        set.isInverted = take("^")
        // A hyphen stands for itself at either end alone.
        if take("-") {
            set.ranges.append(0x2D...0x2D)
        } else {
            try part(of: &set)
        }
        while !take("]") {
            if take("-") {
                set.ranges.append(0x2D...0x2D)
                guard take("]") else { throw Malformed() }
                return set
            }
            try part(of: &set)
        }
        return set
    }

    private mutating func part(of set: inout ScalarSet) throws(Malformed) {
        if current == "\\" {
            position += 1
            if let category = try category() {
                set.categories.formUnion(category.categories)
                return
            }
            position -= 1
        }
        let first = try setScalar()
        guard current == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
            set.ranges.append(first.value...first.value)
            return
        }
        position += 1
        let last = try setScalar()
        guard first <= last else { throw Malformed() }
        set.ranges.append(first.value...last.value)
    }

    private mutating func setScalar() throws(Malformed) -> Unicode.Scalar {
        let scalar = try next()
        switch scalar {
        case "\\": return try escapedScalar()
        case "-", "[", "]": throw Malformed()
        default: return scalar
        }
    }
}
