internal import HearthGraph

/// Items of several columns of one type that are wanted of a model, each value once where duplicates are removed: found by hash, and
/// compared.
struct DistinctItems {
    let removesDuplicates: Bool
    /// How many were wanted.
    private(set) var asked = 0
    private var picks: [Column.Pick] = []
    private var columns: [Column] = []
    private var known: [ItemHash: Int] = [:]

    init(removesDuplicates: Bool) { self.removesDuplicates = removesDuplicates }

    /// How many values there are.
    var count: Int { picks.count }

    /// The column of which items are wanted from now on.
    mutating func begin(_ column: Column) { columns.append(column) }

    /// The place of an item's value among the values, and whether it is a new one.
    ///
    /// - Parameter hash: of the item, where somebody knows it.
    mutating func place(of item: Int, hash: ItemHash? = nil) -> (place: Int, isNew: Bool) {
        asked += 1
        let column = columns[columns.count - 1]
        if removesDuplicates {
            let hash = hash ?? column.itemHash(item)
            if let earlier = known[hash] {
                let pick = picks[earlier]
                if column.isSame(item, as: pick.item, of: columns[pick.column]) { return (earlier, false) }
            } else {
                known[hash] = picks.count
            }
        }
        picks.append(Column.Pick(column: columns.count - 1, item: item))
        return (picks.count - 1, true)
    }

    /// The values in their places; the only column itself where all of it is wanted. O(bytes).
    func values(of type: ColumnType) -> Column { Column.picked(picks, of: columns, type: type) }
}
