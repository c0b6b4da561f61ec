/// A JSONPath query (RFC 9535, all of it), compiled.
///
/// ```swift
/// let titles = try JSONPath("$..book[?@.price < 10].title").values(in: document)
/// ```
///
/// A value that many threads may use at once. Patterns of `match` and `search` are I-Regexp (RFC 9485) and take time linear in
/// the text; one that is written in the query is compiled with it.
public struct JSONPath: Sendable {
    let query: PathQuery

    /// How deep filters, parentheses and calls may nest in a query.
    public static let maximumDepth = 64

    /// Parses a query and checks the types of its functions. O(length).
    ///
    /// - Throws: ``JSONPathError`` with the byte, and what was expected there.
    public init(_ text: String) throws(JSONPathError) {
        var parser = PathParser(text)
        query = try parser.query()
    }

    /// Whether it selects one node at most, whatever the document: names and indexes alone.
    public var isSingular: Bool { query.isSingular }
}

extension JSONPath {
    /// A node of a document: a value and where it stands.
    public struct Node: Sendable {
        public let location: Location
        public let value: JSONValue
    }

    /// Where a node stands: what RFC 9535 calls a normalized path.
    public struct Location: Sendable {
        public enum Step: Sendable {
            /// By its name.
            case member(String)
            /// By its index, from 0.
            case element(Int)
        }

        public let steps: [Step]

        /// - Precondition: no element is negative.
        public init(_ steps: [Step]) { self.steps = steps }
    }
}

extension JSONPath.Location: Hashable, CustomStringConvertible {
    public var description: String {
        var text = "$"
        for step in steps {
            switch step {
            case .member(let name): text += "[\(PathText.quoted(name))]"
            case .element(let index): text += "[\(index)]"
            }
        }
        return text
    }

    public static func == (first: Self, second: Self) -> Bool { areSame(first.description, second.description) }
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

extension JSONPath: Hashable {
    /// Whether both are written the same in canonical form.
    public static func == (first: JSONPath, second: JSONPath) -> Bool {
        areSame(first.description, second.description)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// Why a text is no JSONPath query.
public struct JSONPathError: Error, Hashable, Sendable, CustomStringConvertible {
    public let path: String
    /// Where it goes wrong, from the start of the text.
    public let byte: Int
    public let expected: String

    public init(path: String, byte: Int, expected: String) {
        self.path = path
        self.byte = byte
        self.expected = expected
    }

    public var description: String { "expected \(expected) at byte \(byte) of '\(path)'" }
}
