/// A handle to a set of labels of one profile.
public struct LabelSetID: Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The set without labels.
    public static let none = LabelSetID(rawValue: 0)
}

/// What a label says: text, or a number with its unit.
public enum LabelValue: Hashable, Sendable, CustomStringConvertible {
    case text(String)
    case number(Int64, unit: String)

    public var description: String {
        switch self {
        case .text(let text): text
        case .number(let number, let unit): unit.isEmpty ? "\(number)" : "\(number) \(unit)"
        }
    }
}

/// Sets of labels (`node=embed`, `state=running`), each kept once.
public struct LabelTable: Sendable {
    public private(set) var sets: [[String: LabelValue]] = [[:]]
    private var identifiers: [[String: LabelValue]: LabelSetID] = [[:]: .none]

    public init() {}

    public var count: Int { sets.count }

    /// The handle of a set, which is added when it is new. O(labels).
    public mutating func intern(_ labels: [String: LabelValue]) -> LabelSetID {
        if let known = identifiers[labels] { return known }
        let new = LabelSetID(rawValue: UInt32(sets.count))
        sets.append(labels)
        identifiers[labels] = new
        return new
    }

    public subscript(id: LabelSetID) -> [String: LabelValue] { sets[Int(id.rawValue)] }
}
