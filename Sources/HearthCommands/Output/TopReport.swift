internal import HearthFlameGraph
internal import HearthProfile

/// What `hearth top` prints: one table, or one for every value of the labels that samples are grouped by.
struct TopReport {
    private struct Section {
        /// The labels' values in the order asked for; nil where a sample lacks the label.
        var labels: [(key: String, value: LabelValue?)]
        var table: TopTable
    }

    private let total: Int64
    private let sections: [Section]
    private let isGrouped: Bool

    /// O(sum of stack depths + groups × functions).
    init(_ input: ProfileInput, groupBy keys: [String], order: FunctionTotals.Order, limit: Int) {
        let profile = input.profile
        total = profile.total(column: input.column)
        isGrouped = !keys.isEmpty
        sections = profile.split(by: keys).map { part in
            Section(
                labels: Array(zip(keys, part.values)),
                table: TopTable(part.profile, column: input.column, order: order, limit: limit))
        }
        .sorted { $0.table.total > $1.table.total }
    }

    func text(styled: Bool, maxWidth: Int?) -> String {
        sections.map { section in
            let names = section.labels.map { "\($0.key)=\($0.value?.description ?? "(none)")" }
            let share = isGrouped ? ["\(percent(section.table.total, of: total)) of \(section.table.type.type)"] : []
            let title = names.isEmpty ? section.table.type.type : (names + share).joined(separator: ", ")
            return section.table.text(title: title, styled: styled, maxWidth: maxWidth)
        }
        .joined(separator: "\n")
    }

    /// The same figures, unrounded, with whole names: an object, and in it one table or the groups' tables.
    func json() throws -> [UInt8] {
        guard let first = sections.first else { return try JSONText.encode([Int]()) }
        return isGrouped
            ? try JSONText.encode(
                Groups(
                    sampleType: first.table.type.type, unit: first.table.type.unit, total: total,
                    groups: sections.map { Group(labels: labels($0), table: Table($0.table)) }))
            : try JSONText.encode(Table(first.table))
    }

    private func labels(_ section: Section) -> [String: String] {
        Dictionary(
            section.labels.compactMap { label in label.value.map { (label.key, $0.description) } },
            uniquingKeysWith: { first, _ in first })
    }

    private struct Groups: Encodable {
        var sampleType: String
        var unit: String
        var total: Int64
        var groups: [Group]
    }

    private struct Group: Encodable {
        var labels: [String: String]
        var table: Table
    }

    private struct Table: Encodable {
        var sampleType: String
        var unit: String
        var total: Int64
        var functions: Int
        var rows: [Row]

        init(_ table: TopTable) {
            sampleType = table.type.type
            unit = table.type.unit
            total = table.total
            functions = table.functions
            rows = table.rows.map(Row.init)
        }
    }

    private struct Row: Encodable {
        var function: String
        var fullName: String
        var image: String
        var selfValue: Int64
        var totalValue: Int64

        init(_ row: FunctionTotals.Row) {
            function = row.name
            fullName = row.fullName
            image = row.image
            selfValue = row.selfValue
            totalValue = row.totalValue
        }

        enum CodingKeys: String, CodingKey {
            case function, fullName, image
            case selfValue = "self"
            case totalValue = "total"
        }
    }
}
