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

        static let none = Values(selfValue: 0, totalValue: 0)

        init(_ row: FunctionTotals.Row) { self.init(selfValue: row.selfValue, totalValue: row.totalValue) }
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

    static func join(_ base: Profile, _ baseColumn: Int, _ new: Profile, _ newColumn: Int) -> [DiffRow] {
        let nothing = DiffEstimate(value: 0, lower: 0, upper: 0)
        let unknown = DiffChange(from: nothing, baseValue: 0, to: nothing, newValue: 0)
        var rows: [DiffRow] = []
        var known: [String: Int] = [:]
        for row in FunctionTotals(base, column: baseColumn).rows {
            known[row.name] = rows.count
            rows.append(
                DiffRow(
                    name: row.name, fullName: row.fullName, image: row.image, base: Values(row),
                    new: .none, selfChange: unknown, totalChange: unknown))
        }
        for row in FunctionTotals(new, column: newColumn).rows {
            if let index = known[row.name] {
                rows[index].new = Values(row)
            } else {
                rows.append(
                    DiffRow(
                        name: row.name, fullName: row.fullName, image: row.image, base: .none,
                        new: Values(row), selfChange: unknown, totalChange: unknown))
            }
        }
        // A frame table may hold frames that no sample has any more.
        return rows.filter { $0.base.totalValue != 0 || $0.new.totalValue != 0 }
    }

    func precedes(_ other: DiffRow) -> Bool {
        let certain = (selfChange.certain.magnitude, other.selfChange.certain.magnitude)
        if certain.0 != certain.1 { return certain.0 > certain.1 }
        let plain = (selfChange.difference.magnitude, other.selfChange.difference.magnitude)
        if plain.0 != plain.1 { return plain.0 > plain.1 }
        return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}
