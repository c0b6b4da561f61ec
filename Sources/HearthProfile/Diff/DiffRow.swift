/// One function in both profiles.
public struct DiffRow: Sendable {
    public var name: String
    /// The whole name, where it is longer.
    public var fullName: String
    /// The program or library; empty when not known.
    public var image: String
    /// Values as the profiles have them. Recursion counts once.
    public var base: (selfValue: Int64, totalValue: Int64)
    public var new: (selfValue: Int64, totalValue: Int64)
    /// Of the samples with the function as leaf.
    public internal(set) var ownChange: DiffChange
    /// Of the samples with the function anywhere.
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
                    name: row.name, fullName: row.fullName, image: row.image, base: (row.selfValue, row.totalValue),
                    new: (0, 0), ownChange: unknown, totalChange: unknown))
        }
        for row in FunctionTotals(new, column: newColumn).rows {
            if let index = known[row.name] {
                rows[index].new = (row.selfValue, row.totalValue)
            } else {
                rows.append(
                    DiffRow(
                        name: row.name, fullName: row.fullName, image: row.image, base: (0, 0),
                        new: (row.selfValue, row.totalValue), ownChange: unknown, totalChange: unknown))
            }
        }
        // A frame table may hold frames that no sample has any more.
        return rows.filter { $0.base.totalValue != 0 || $0.new.totalValue != 0 }
    }

    func precedes(_ other: DiffRow) -> Bool {
        let certain = (ownChange.certain.magnitude, other.ownChange.certain.magnitude)
        if certain.0 != certain.1 { return certain.0 > certain.1 }
        let plain = (ownChange.difference.magnitude, other.ownChange.difference.magnitude)
        if plain.0 != plain.1 { return plain.0 > plain.1 }
        return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}
