internal import HearthIngestion
internal import HearthJSON
internal import HearthRuntime
internal import HearthTerminal

/// The node table of a run as text and as JSON.
///
/// The JSON is one object: `batches` (`count`, `items`, `smallest`, `largest`, `seconds`), `split` (seconds of all tasks in `models`,
/// `code`, `hand_off`, `waiting` and the `runtime` itself), and `nodes`, in the order of the plan, each with `name`, `level`, `model`
/// where it wants one, `calls`, `items`, `rejected`, `seconds` (wall time) and what that is made of (`code_seconds`,
/// `model_seconds`, `hand_off_seconds`, `waiting_seconds`), `share` (of the wall time of all nodes, 0 to 1), `cpu_seconds` where
/// samples were taken, `memo_asked` and `memo_hits`, `values_asked` and `values_evaluated`.
struct NodeReport {
    private let table: NodeTable
    /// Nanoseconds by node; empty without samples.
    private let cpu: [String: Int64]

    /// - Parameter cpu: nanoseconds by the label `node`. What several share (`shared(a,b)`) is split by the values that each asked.
    init(_ table: NodeTable, cpu: [String: Int64]) {
        self.table = table
        self.cpu = Self.split(cpu, table)
    }

    private static func split(_ cpu: [String: Int64], _ table: NodeTable) -> [String: Int64] {
        var split: [String: Int64] = [:]
        let asked = Dictionary(uniqueKeysWithValues: table.rows.map { ($0.name, $0.valuesAsked) })
        for (label, nanoseconds) in cpu {
            guard label.hasPrefix("shared("), label.hasSuffix(")") else {
                split[label, default: 0] += nanoseconds
                continue
            }
            let names = label.dropFirst("shared(".count).dropLast().split(separator: ",").map(String.init)
            let total = names.reduce(0) { $0 + (asked[$1] ?? 0) }
            for name in names {
                let part = total > 0 ? Double(asked[name] ?? 0) / Double(total) : 1 / Double(names.count)
                split[name, default: 0] += Int64(part * Double(nanoseconds))
            }
        }
        return split
    }

    // MARK: For a person

    func text() -> String {
        let hasModels = table.rows.contains { $0.model != nil }
        let hasWaiting = table.rows.contains { $0.waiting > .zero }
        var columns: [TextTable.Column] = [
            .init("node"), .init("level", .right), .init("calls", .right), .init("items", .right),
            .init("rejected", .right), .init("code", .right),
        ]
        if hasModels { columns.append(.init("model", .right)) }
        columns.append(.init("hand-off", .right))
        if hasWaiting { columns.append(.init("waiting", .right)) }
        columns += [.init("wall %", .right), .init("cpu", .right)]
        var text = TextTable(columns: columns)
        for row in table.rows.sorted(by: { $0.wall > $1.wall }) {
            var cells = [
                row.name, "\(row.level)", grouped(row.calls), grouped(row.items), grouped(row.rejected),
                seconds(row.code),
            ]
            if hasModels { cells.append(row.model == nil ? "" : seconds(row.inModel)) }
            cells.append(seconds(row.handOff))
            if hasWaiting { cells.append(seconds(row.waiting)) }
            cells.append(decimal(100 * table.share(row), places: 1))
            cells.append(cpu.isEmpty ? "" : decimal(Double(cpu[row.name] ?? 0) / 1e9, places: 2) + " s")
            text.append(cells)
        }
        return text.rendered(styled: TerminalStyle.isEnabled(on: .output)) + "\n" + splitText() + ratioText()
    }

    private func seconds(_ duration: Duration) -> String { decimal(duration.seconds, places: 3) + " s" }

    /// Where the time of all tasks went, in a line.
    private func splitText() -> String {
        let split = table.split
        let total = max(table.taskWall.seconds, 1e-9)
        let parts = [
            ("models", split.models), ("node code", split.code), ("hand-off", split.handOff),
            ("waiting", split.waiting),
            ("runtime", split.runtime),
        ].map { name, time in "\(name) \(seconds(time)) (\(decimal(100 * time.seconds / total, places: 1)) %)" }
        return
            "\(grouped(table.batches)) batches of \(grouped(table.smallestBatch)) to \(grouped(table.largestBatch)); "
            + parts.joined(separator: ", ") + "\n"
    }

    /// What was not evaluated, in a line; nothing where no model was asked.
    private func ratioText() -> String {
        let (asked, hits) = table.rows.reduce((0, 0)) { ($0.0 + $1.memoAsked, $0.1 + $1.memoHits) }
        let (wanted, made) = table.rows.reduce((0, 0)) { ($0.0 + $1.valuesAsked, $0.1 + $1.valuesEvaluated) }
        var parts: [String] = []
        if asked > 0 {
            parts.append("\(grouped(hits)) of \(grouped(asked)) values were remembered (\(share(hits, asked)) %)")
        }
        if wanted > 0 {
            parts.append(
                "models were asked for \(grouped(wanted)) and made \(grouped(made)) "
                    + "(\(share(wanted - made, wanted)) % duplicates)")
        }
        return parts.isEmpty ? "" : parts.joined(separator: "; ") + "\n"
    }

    private func share(_ part: Int, _ whole: Int) -> String { decimal(100 * Double(part) / Double(whole), places: 1) }

    // MARK: For machines

    func json() -> [UInt8] {
        var json = JSONText()
        json.beginObject()
        json.key("batches")
        json.beginObject()
        for (key, value) in [
            ("count", table.batches), ("items", table.items), ("smallest", table.smallestBatch),
            ("largest", table.largestBatch), ("peak_bytes", table.peakBytes),
        ] {
            json.key(key)
            json.integer(value)
        }
        write([("seconds", table.batchWall)], to: &json)
        json.endObject()
        json.key("split")
        json.beginObject()
        let split = table.split
        write(
            [
                ("models", split.models), ("code", split.code), ("hand_off", split.handOff), ("waiting", split.waiting),
                ("runtime", split.runtime),
            ], to: &json)
        json.endObject()
        json.key("nodes")
        json.beginArray()
        for row in table.rows { write(row, to: &json) }
        json.endArray()
        json.endObject()
        json.endLine()
        return json.bytes
    }

    private func write(_ durations: [(String, Duration)], to json: inout JSONText) {
        for (key, duration) in durations {
            json.key(key)
            json.number(duration.seconds)
        }
    }

    private func write(_ row: NodeTable.Row, to json: inout JSONText) {
        json.beginObject()
        json.key("name")
        json.string(row.name)
        if let model = row.model {
            json.key("model")
            json.string(model)
        }
        for (key, value) in [
            ("level", row.level), ("calls", row.calls), ("items", row.items), ("rejected", row.rejected),
            ("memo_asked", row.memoAsked), ("memo_hits", row.memoHits), ("values_asked", row.valuesAsked),
            ("values_evaluated", row.valuesEvaluated),
        ] {
            json.key(key)
            json.integer(value)
        }
        write(
            [
                ("seconds", row.wall), ("code_seconds", row.code), ("model_seconds", row.inModel),
                ("hand_off_seconds", row.handOff), ("waiting_seconds", row.waiting),
            ], to: &json)
        json.key("share")
        json.number(table.share(row))
        if !cpu.isEmpty {
            json.key("cpu_seconds")
            json.number(Double(cpu[row.name] ?? 0) / 1e9)
        }
        json.endObject()
    }
}
