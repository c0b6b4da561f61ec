internal import HearthProfile

/// What a difference says of nodes and of functions, as the page takes it: verdicts are found here, never by the script.
struct DiffVerdicts {
    private struct Judged {
        var place: Int
        /// How deep the colour is, 0…3 for what grew, 4…7 for what shrank.
        var color: Int
        /// Whether its function as a whole has changed by less.
        var moved: Bool
        var interval: ClosedRange<Double>
    }

    private var judged: [Judged] = []
    private var rows: [(function: Int, row: DiffRow)] = []

    /// O(nodes + functions × log functions).
    init(_ diff: ProfileDiff, _ order: TreeOrder) {
        let family = diff.nodeFamily()
        var changes: [(place: Int, change: DiffChange)] = []
        for (place, node) in order.nodes.enumerated() {
            let change = diff.change(ofNode: Int(node), in: family)
            if change.verdict != .noise { changes.append((place, change)) }
        }
        let strongest = changes.reduce(0) { max($0, $1.change.certain.magnitude) }
        let functions = diff.changesOfFunctions()
        judged = changes.map { place, change in
            let step = Palette.step(ofChange: change.certain.magnitude, strongest: strongest)
            return Judged(
                place: place, color: change.verdict == .grew ? step : step + Palette.grew.count,
                moved: place > 0
                    && change.hasMoved(within: functions[Int(diff.tree.nodeFunctions[Int(order.nodes[place])])]),
                interval: change.interval)
        }
        // A function and an inlined function of one name are one entry; a label or a mark of that name is another.
        var numbers: [String: Int] = [:]
        for (index, function) in diff.tree.functions.enumerated()
        where function.kind == .function || function.kind == .inlined {
            numbers[function.name] = index
        }
        rows = diff.rows().compactMap { row in numbers[row.name].map { ($0, row) } }.sorted { $0.0 < $1.0 }
    }

    /// Nodes that are no noise: their number, then for each how many nodes it is behind the one before, its colour, whether
    /// it moved, and its interval. Functions: their number, then for each how many functions it is behind the one before, verdicts and intervals of
    /// self and total.
    func write(to stream: inout ByteStream) {
        stream.varint(judged.count)
        var last = 0
        for node in judged {
            stream.varint(node.place - last)
            last = node.place
            stream.varint(node.color << 1 | (node.moved ? 1 : 0))
            stream.float(node.interval.lowerBound)
            stream.float(node.interval.upperBound)
        }
        stream.varint(rows.count)
        last = 0
        for (function, row) in rows {
            stream.varint(function - last)
            last = function
            for change in [row.selfChange, row.totalChange] {
                stream.varint(Self.number(of: change.verdict))
                stream.float(change.interval.lowerBound)
                stream.float(change.interval.upperBound)
            }
        }
    }

    private static func number(of verdict: DiffChange.Verdict) -> Int {
        switch verdict {
        case .noise: 0
        case .grew: 1
        case .shrank: 2
        }
    }

    /// How both sides are compared, and the colours.
    func settings(_ diff: ProfileDiff) -> String {
        var json = JSONObject()
        switch diff.normalization {
        case .share: json.text("by", "share")
        case .absolute: json.text("by", "absolute")
        case .work(let base, let new):
            json.text("by", "work")
            json.raw("work", "[\(base),\(new)]")
        case .time:
            json.text("by", "time")
            if let seconds = diff.normalization.divisors { json.raw("work", "[\(seconds.base),\(seconds.new)]") }
        }
        json.raw("scales", "[\(diff.sideScales.map { "\($0)" }.joined(separator: ","))]")
        json.text("evidence", diff.evidence.description)
        json.raw(
            "colors",
            jsonList(Palette.grew + Palette.shrank) { "[\"\(cssColor($0.light))\",\"\(cssColor($0.dark))\"]" })
        return json.text
    }
}
