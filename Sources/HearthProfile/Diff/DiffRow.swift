/// One function in both profiles.
public struct DiffRow: Hashable, Sendable {
    /// Values as a profile has them. Recursion counts once.
    public struct Values: Hashable, Sendable {
        /// Of the samples with the function as leaf.
        public var selfValue: Int64
        /// Of the samples with the function anywhere.
        public var totalValue: Int64

        public init(selfValue: Int64, totalValue: Int64) {
            self.selfValue = selfValue
            self.totalValue = totalValue
        }
    }

    public var name: String
    /// The whole name, where it is longer.
    public var fullName: String
    /// The program or library; empty when not known.
    public var image: String
    public var base: Values
    public var new: Values
    public internal(set) var selfChange: DiffChange
    public internal(set) var totalChange: DiffChange

    func precedes(_ other: DiffRow) -> Bool {
        let certain = (selfChange.certain.magnitude, other.selfChange.certain.magnitude)
        if certain.0 != certain.1 { return certain.0 > certain.1 }
        let plain = (selfChange.difference.magnitude, other.selfChange.difference.magnitude)
        if plain.0 != plain.1 { return plain.0 > plain.1 }
        return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}
