internal import Foundation
internal import HearthFlameGraph
internal import HearthProfile
internal import HearthTerminal

/// The costliest functions of one column, as text and as JSON.
struct TopTable {
    private let type: ValueType
    private let total: Int64
    private let functions: Int
    private let rows: [FunctionTotals.Row]

    init(_ profile: Profile, column: Int, order: FunctionTotals.Order, limit: Int) {
        let totals = FunctionTotals(profile, column: column)
        type = profile.sampleTypes[column]
        total = totals.total
        functions = totals.rows.count { $0.totalValue != 0 }
        rows = totals.sorted(by: order, limit: limit).filter { $0.totalValue != 0 }
    }

    /// A line on what is shown, then the table. `maxWidth` cuts the names of functions, not the columns.
    func text(styled: Bool, maxWidth: Int?) -> String {
        let images = rows.map(\.image.terminalWidth).max() ?? 0
        var table = TextTable(columns: [
            TextTable.Column("self", .right, style: .bold), TextTable.Column("self %", .right),
            TextTable.Column("total", .right), TextTable.Column("total %", .right, style: .dim),
            TextTable.Column("function", style: .cyan), TextTable.Column("image", style: .dim),
        ])
        let names = maxWidth.map { max($0 - Self.widthOfNumbers - images, Self.narrowestName) } ?? .max
        for row in rows {
            table.append([
                valueText(row.selfValue), percent(row.selfValue, of: total), valueText(row.totalValue),
                percent(row.totalValue, of: total), TerminalStyle.visible(row.name).truncated(toColumns: names), row.image,
            ])
        }
        let count = rows.count < functions ? "\(grouped(rows.count)) of \(grouped(functions))" : grouped(rows.count)
        return "\(TerminalStyle.visible(type.type)): \(valueText(total)) in all, \(count) functions\n"
            + table.rendered(styled: styled)
    }

    /// Room for four columns of numbers, and the gaps.
    private static let widthOfNumbers = 4 * 11 + 2
    private static let narrowestName = 24

    /// The same figures, unrounded, with whole names.
    func json() throws -> [UInt8] {
        let file = File(
            sampleType: type.type, unit: type.unit, total: total, functions: functions,
            rows: rows.map { row in
                File.Row(
                    function: row.name, fullName: row.fullName, image: row.image, selfValue: row.selfValue,
                    totalValue: row.totalValue)
            })
        return try JSONText.encode(file)
    }

    private func valueText(_ value: Int64) -> String {
        type.unit == "count" ? grouped(Int(value)) : Quantity(unit: type.unit).text(value)
    }

    private struct File: Encodable {
        var sampleType: String
        var unit: String
        var total: Int64
        var functions: Int
        var rows: [Row]

        struct Row: Encodable {
            var function: String
            var fullName: String
            var image: String
            var selfValue: Int64
            var totalValue: Int64

            enum CodingKeys: String, CodingKey {
                case function, fullName, image
                case selfValue = "self"
                case totalValue = "total"
            }
        }
    }
}
