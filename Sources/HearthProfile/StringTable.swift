/// A handle to a string of one ``StringTable``. It means nothing in another profile.
public struct StringID: Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The empty string, at index 0 of every table.
    public static let empty = StringID(rawValue: 0)

    public static func < (left: StringID, right: StringID) -> Bool { left.rawValue < right.rawValue }
}

/// Strings, each kept once. Index 0 is always the empty string, as pprof wants it.
public struct StringTable: Sendable {
    public private(set) var strings: [String] = [""]
    private var identifiers: [String: StringID] = ["": .empty]

    public init() {}

    public var count: Int { strings.count }

    /// The handle of `string`, which is added when it is new. O(length).
    public mutating func intern(_ string: String) -> StringID {
        if let known = identifiers[string] { return known }
        let new = StringID(rawValue: UInt32(strings.count))
        strings.append(string)
        identifiers[string] = new
        return new
    }

    /// The handle of `string` if the table holds it. O(length).
    public func find(_ string: String) -> StringID? { identifiers[string] }

    /// The string behind a handle of this table. O(1).
    public subscript(id: StringID) -> String { strings[Int(id.rawValue)] }
}
