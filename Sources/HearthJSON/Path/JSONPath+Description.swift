extension JSONPath: CustomStringConvertible {
    /// The query in canonical form, which reads as the same query: names without quotes where that is allowed, no space but around
    /// operators and after commas, parentheses where they are needed.
    public var description: String {
        var text = PathText()
        text.add(query)
        return text.text
    }
}

/// A query written out.
struct PathText {
    private(set) var text = ""

    mutating func add(_ query: PathQuery) {
        text += query.isAbsolute ? "$" : "@"
        for segment in query.segments {
            if segment.isDescendant { text += ".." }
            if segment.selectors.count == 1, addShorthand(segment.selectors[0], afterDot: segment.isDescendant) {
                continue
            }
            text += "["
            for (number, selector) in segment.selectors.enumerated() {
                if number > 0 { text += ", " }
                add(selector)
            }
            text += "]"
        }
    }

    /// False, and nothing added, where brackets are needed.
    private mutating func addShorthand(_ selector: PathSelector, afterDot: Bool) -> Bool {
        guard case .name(let name) = selector, let first = name.utf8.first, PathParser.beginsName(first),
            name.utf8.allSatisfy({ PathParser.beginsName($0) || PathParser.isDigit($0) })
        else { return false }
        text += "\(afterDot ? "" : ".")\(name)"
        return true
    }

    private mutating func add(_ selector: PathSelector) {
        switch selector {
        case .name(let name): text += Self.quoted(name)
        case .index(let index): text += "\(index)"
        case .wildcard: text += "*"
        case .slice(let slice):
            text += "\(slice.start.map(String.init) ?? ""):\(slice.end.map(String.init) ?? "")"
            if let step = slice.step { text += ":\(step)" }
        case .filter(let filter):
            text += "?"
            add(filter, within: .any)
        }
    }

    /// How tightly what is around binds.
    private enum Binding: Int { case any, all, not }

    private mutating func add(_ filter: PathFilter, within around: Binding) {
        switch filter {
        case .any(let terms): addTerms(terms, " || ", .all, parenthesized: around != .any)
        case .all(let terms): addTerms(terms, " && ", .not, parenthesized: around == .not)
        case .not(let inner):
            text += "!"
            switch inner {
            case .exists, .test: add(inner, within: .not)
            // Of terms these come in parentheses anyway.
            case .any, .all: add(inner, within: .not)
            case .not, .comparison:
                text += "("
                add(inner, within: .any)
                text += ")"
            }
        case .exists(let query): add(query)
        case .test(let call): add(call)
        case .comparison(let left, let comparison, let right):
            add(left)
            text += " \(comparison.rawValue) "
            add(right)
        }
    }

    private mutating func addTerms(
        _ terms: [PathFilter], _ separator: String, _ inner: Binding, parenthesized: Bool
    ) {
        if parenthesized { text += "(" }
        for (number, term) in terms.enumerated() {
            if number > 0 { text += separator }
            add(term, within: inner)
        }
        if parenthesized { text += ")" }
    }

    private mutating func add(_ operand: PathOperand) {
        switch operand {
        case .literal(.string(let string)): text += Self.quoted(string)
        case .literal(let value): text += value.description
        case .query(let query): add(query)
        case .call(let call): add(call)
        }
    }

    private mutating func add(_ call: PathCall) {
        text += "\(call.function.rawValue)("
        for (number, argument) in call.arguments.enumerated() {
            if number > 0 { text += ", " }
            switch argument {
            case .value(let operand): add(operand)
            case .nodes(let query): add(query)
            }
        }
        text += ")"
    }

    /// A string in single quotes, as normalized paths have it.
    static func quoted(_ string: String) -> String {
        var text = "'"
        for scalar in string.unicodeScalars {
            switch scalar {
            case "'": text += "\\'"
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}": text += "\\u00\(scalar.value < 0x10 ? "0" : "")\(String(scalar.value, radix: 16))"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}
