/// What a log may say of a column for nothing, and what a person looks for in a debugger.
extension Column: CustomStringConvertible, CustomDebugStringConvertible {
    /// Type and number of items. O(1).
    public var description: String { "\(type) × \(count)" }

    /// With every value. O(bytes).
    public var debugDescription: String {
        "\(description) [\((0..<count).map(value).joined(separator: ", "))]"
    }

    private func value(_ item: Int) -> String {
        if isNull(item) { return "null" }
        switch content {
        case .bytes(let column): return "\(column[item]?.count ?? 0) bytes"
        case .text(let column): return column.text(item).map { String(reflecting: $0) } ?? "null"
        case .texts(let column): return column[item].map { String(reflecting: $0) } ?? "null"
        case .boolean(let column): return column[item].map { "\($0)" } ?? "null"
        case .integer32(let column): return "\(column.value(item))"
        case .integer(let column): return "\(column.value(item))"
        case .float(let column): return "\(column.value(item))"
        case .number(let column): return "\(column.value(item))"
        case .vector(let column): return "\(Array(column[item]))"
        case .record(let record):
            let fields = record.names.map { name in "\(name): \(record[name]?.value(item) ?? "null")" }
            return "{\(fields.joined(separator: ", "))}"
        }
    }
}
