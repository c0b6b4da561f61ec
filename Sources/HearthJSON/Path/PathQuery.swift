/// A query as a tree, after RFC 9535's own words.
struct PathQuery: Sendable {
    /// From the root (`$`), or from the node that a filter looks at (`@`).
    var isAbsolute: Bool
    var segments: [PathSegment] = []

    /// Whether there is one node at most, whatever the document.
    var isSingular: Bool {
        segments.allSatisfy { segment in
            guard !segment.isDescendant, segment.selectors.count == 1 else { return false }
            switch segment.selectors[0] {
            case .name, .index: return true
            default: return false
            }
        }
    }
}

struct PathSegment: Sendable {
    var isDescendant: Bool
    var selectors: [PathSelector]
}

enum PathSelector: Sendable {
    case name(String)
    case index(Int)
    case wildcard
    case slice(PathSlice)
    case filter(PathFilter)
}

struct PathSlice: Sendable {
    var start: Int?
    var end: Int?
    var step: Int?
}

/// A logical expression.
indirect enum PathFilter: Sendable {
    case any([PathFilter])
    case all([PathFilter])
    case not(PathFilter)
    case exists(PathQuery)
    case test(PathCall)
    case comparison(PathOperand, PathComparison, PathOperand)
}

enum PathComparison: String, Sendable {
    // The longer ones first: `<=` begins with `<`.
    case equal = "=="
    case unequal = "!="
    case atMost = "<="
    case atLeast = ">="
    case less = "<"
    case greater = ">"

    static let all: [Self] = [.equal, .unequal, .atMost, .atLeast, .less, .greater]
}

/// What has one value, or none.
indirect enum PathOperand: Sendable {
    /// Never an array or object.
    case literal(JSONValue)
    /// A singular one.
    case query(PathQuery)
    case call(PathCall)
}

struct PathCall: Sendable {
    var function: PathFunction
    var arguments: [PathArgument]
    /// Of `match` and `search`: compiled with the query where it stands there as a literal.
    var pattern: PathPattern = .computed
}

enum PathPattern: Sendable {
    case computed
    /// Nil where the literal is no I-Regexp: it matches nothing then.
    case fixed(IRegexp?)
}

enum PathArgument: Sendable {
    case value(PathOperand)
    case nodes(PathQuery)
}

/// The functions of RFC 9535.
enum PathFunction: String, Sendable, CaseIterable {
    case length, count, match, search, value

    enum Kind: Sendable { case value, logical, nodes }

    var parameters: [Kind] {
        switch self {
        case .length: [.value]
        case .count, .value: [.nodes]
        case .match, .search: [.value, .value]
        }
    }

    var result: Kind {
        switch self {
        case .length, .count, .value: .value
        case .match, .search: .logical
        }
    }
}
