/// A JSON document, or a part of one, as a tree.
///
/// Equal by the rules of RFC 9535: numbers by their value (`1` and `1.0` are equal), strings by their Unicode scalars, objects
/// by their members in whatever order. `nan`, which JSON has not, is equal to nothing.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number written without fraction and exponent that fits in 64 bits with sign.
    case integer(Int64)
    /// Any other number. JSON has no infinity and no `nan`: neither is ever parsed.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue: Equatable {
    /// O(size of the smaller); recurses as deep as the trees.
    public static func == (first: JSONValue, second: JSONValue) -> Bool {
        switch (first, second) {
        case (.null, .null): true
        case (.bool(let first), .bool(let second)): first == second
        case (.integer(let first), .integer(let second)): first == second
        case (.number(let first), .number(let second)): first == second
        case (.integer(let integer), .number(let number)), (.number(let number), .integer(let integer)):
            Int64(exactly: number) == integer
        case (.string(let first), .string(let second)): areSame(first, second)
        case (.array(let first), .array(let second)): first == second
        case (.object(let first), .object(let second)): first == second
        default: false
        }
    }

    /// Whether this comes before another: a number before a larger one, a string before one that its first other Unicode scalar
    /// makes larger. Values of other types, or of two, are not ordered: false both ways.
    public func isLess(than other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let first), .integer(let second)): first < second
        case (.number(let first), .number(let second)): first < second
        case (.integer(let integer), .number(let number)): Self.isLess(integer, number)
        case (.number(let number), .integer(let integer)): Self.isLess(number, integer)
        // The order of UTF-8 is that of the scalars.
        case (.string(let first), .string(let second)): first.utf8.lexicographicallyPrecedes(second.utf8)
        default: false
        }
    }

    // A double that stands for an integer near 2⁶³ does not hold it: compared by rounding, neighbours would be equal.

    private static func isLess(_ integer: Int64, _ number: Double) -> Bool {
        if let below = Int64(exactly: number.rounded(.up)) { return integer < below }
        return number > 0
    }

    private static func isLess(_ number: Double, _ integer: Int64) -> Bool {
        if let above = Int64(exactly: number.rounded(.down)) { return above < integer }
        return number < 0
    }
}

/// Whether two strings are the same Unicode scalars. Swift's own `==` takes other spellings of one character for the same.
func areSame(_ first: String, _ second: String) -> Bool {
    let (first, second) = (first.utf8, second.utf8)
    return first.count == second.count && first.elementsEqual(second)
}
