/// Types of values, as a person calls them.
struct JSONTypes: OptionSet, Hashable, CustomStringConvertible {
    var rawValue: UInt8

    static let string = Self(rawValue: 1)
    static let integer = Self(rawValue: 2)
    /// One with a fraction or an exponent, or too large for an integer.
    static let number = Self(rawValue: 4)
    static let bool = Self(rawValue: 8)
    static let array = Self(rawValue: 16)
    static let object = Self(rawValue: 32)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nil for null, which stands for no value.
    init?(of value: JSONScanner.Value) {
        switch value {
        case .null: return nil
        case .bool: self = .bool
        case .integer: self = .integer
        case .number: self = .number
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }

    private static let names: [(types: Self, name: String)] = [
        (.string, "a string"), ([.integer, .number], "a number"), (.integer, "an integer"), (.number, "a number"),
        (.bool, "a boolean"), (.array, "an array"), (.object, "an object"),
    ]

    var description: String {
        var rest = self
        var found: [String] = []
        for (types, name) in Self.names where rest.isSuperset(of: types) {
            found.append(name)
            rest.subtract(types)
        }
        return found.joined(separator: " or ")
    }
}
