internal import HearthFlameGraph
internal import HearthProfile
internal import HearthTerminal

/// The costliest functions of one column.
struct TopTable {
    let type: ValueType
    let total: Int64
    /// How many functions there are; `rows` holds the first of them.
    let functions: Int
    let rows: [FunctionTotals.Row]

    init(_ profile: Profile, column: Int, order: FunctionTotals.Order, limit: Int) {
        let totals = FunctionTotals(profile, column: column)
        type = profile.sampleTypes[column]
        total = totals.total
        functions = totals.rows.count { $0.totalValue != 0 }
        rows = totals.sorted(by: order, limit: limit).filter { $0.totalValue != 0 }
    }

    /// A line on what is shown, `title` before it, then the table. `maxWidth`, of a terminal, cuts the names of functions, not
    /// the columns; without it they are cut where one name would push all else out of sight.
    func text(title: String, styled: Bool, maxWidth: Int?) -> String {
        let columns = [
            TextTable.Column("self", .right, style: .bold), TextTable.Column("self %", .right),
            TextTable.Column("total", .right), TextTable.Column("total %", .right, style: .dim),
            TextTable.Column("function", style: .cyan), TextTable.Column("image", style: .dim),
        ]
        let cells = rows.map { row in
            [
                valueText(row.selfValue), percent(row.selfValue, of: total), valueText(row.totalValue),
                percent(row.totalValue, of: total), TerminalStyle.visible(row.name), row.image,
            ]
        }
        let widths = columns.indices.map { column in
            cells.reduce(columns[column].header.terminalWidth) { max($0, $1[column].terminalWidth) }
        }
        // The rest of the terminal, when all other columns have their room.
        let others = widths.enumerated().reduce(0) { $0 + ($1.offset == Self.name ? 0 : $1.element + 2) }
        let room = maxWidth.map { max($0 - others, Self.narrowestName) } ?? Self.widestName
        var table = TextTable(columns: columns)
        for var row in cells {
            row[Self.name] = row[Self.name].truncated(toColumns: room)
            table.append(row)
        }
        let count = rows.count < functions ? "\(grouped(rows.count)) of \(grouped(functions))" : grouped(rows.count)
        return "\(TerminalStyle.visible(title)): \(valueText(total)), \(count) functions\n"
            + table.rendered(styled: styled)
    }

    /// The index of the column of names.
    private static let name = 4
    private static let narrowestName = 24
    private static let widestName = 200

    private func valueText(_ value: Int64) -> String {
        let quantity = Quantity(unit: type.unit)
        return type.plainUnit == "count" ? quantity.number(value) : quantity.text(value)
    }
}
