internal import HearthIngestion
internal import HearthRuntime
internal import HearthTerminal

/// The node table of a run as text and as JSON.
///
/// The JSON is one object: `batches` (`count`, `items`, `smallest`, `largest`, `seconds`) and `nodes`, in the order of the
/// plan, each with `name`, `level`, `calls`, `items`, `rejected`, `seconds` (wall time), `share` (of the wall time of all
/// nodes, 0 to 1), and `cpu_seconds` where samples were taken.
struct NodeReport {
    private let table: NodeTable
    /// Nanoseconds by node; empty without samples.
    private let cpu: [String: Int64]

    init(_ table: NodeTable, cpu: [String: Int64]) {
        self.table = table
        self.cpu = cpu
    }

    func text() -> String {
        var text = TextTable(columns: [
            .init("node"), .init("level", .right), .init("calls", .right), .init("items", .right),
            .init("rejected", .right), .init("wall", .right), .init("cpu", .right), .init("wall %", .right),
        ])
        for row in table.rows.sorted(by: { $0.wall > $1.wall }) {
            text.append([
                row.name, "\(row.level)", grouped(row.calls), grouped(row.items), grouped(row.rejected),
                decimal(row.wall.seconds, places: 3) + " s",
                cpu.isEmpty ? "" : decimal(Double(cpu[row.name] ?? 0) / 1e9, places: 2) + " s",
                decimal(100 * table.share(row), places: 1),
            ])
        }
        return text.rendered(styled: TerminalStyle.isEnabled(on: .output))
    }

    func json() -> [UInt8] {
        var json = JSONText()
        json.beginObject()
        json.key("batches")
        json.beginObject()
        for (key, value) in [
            ("count", table.batches), ("items", table.items), ("smallest", table.smallestBatch),
            ("largest", table.largestBatch),
        ] {
            json.key(key)
            json.integer(value)
        }
        json.key("seconds")
        json.number(table.batchWall.seconds)
        json.endObject()
        json.key("nodes")
        json.beginArray()
        for row in table.rows { write(row, to: &json) }
        json.endArray()
        json.endObject()
        json.endLine()
        return json.bytes
    }

    private func write(_ row: NodeTable.Row, to json: inout JSONText) {
        json.beginObject()
        json.key("name")
        json.string(row.name)
        for (key, value) in [
            ("level", row.level), ("calls", row.calls), ("items", row.items), ("rejected", row.rejected),
        ] {
            json.key(key)
            json.integer(value)
        }
        json.key("seconds")
        json.number(row.wall.seconds)
        json.key("share")
        json.number(table.share(row))
        if !cpu.isEmpty {
            json.key("cpu_seconds")
            json.number(Double(cpu[row.name] ?? 0) / 1e9)
        }
        json.endObject()
    }
}
