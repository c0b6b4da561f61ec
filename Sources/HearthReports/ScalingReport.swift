internal import Foundation
internal import HearthFlameGraph
public import HearthProfile
internal import HearthTerminal

/// What `hearth scaling` and `hearth-ingest scaling` print of how costs grow: a table, or JSON.
///
/// The JSON is one object: `sampleType`, `unit`, `sizes` (each with `size`, `runs`, `total` and `samples` of all its runs), `total` (the
/// growth of the whole), and `rows`, steep ones first: `function`, `fullName`, `kind` (`function` or `label`), `totals` (a run of each
/// size, its mean), `share` and `selfShare` of the largest size, `shareAtTenTimes` (at ten times the largest size), `isSteep`, and growths
/// `total` and, where there are samples, `self`. A growth has `exponent`, `lower`, `upper` (95 %) and `certainLower` (which holds for
/// all rows together); where the samples set no bound, it is absent.
public struct ScalingReport {
    private let scaling: ProfileScaling
    private let rows: [ProfileScaling.Row]
    private let rowCount: Int
    /// By row.
    private let projected: [Double?]

    /// How much larger than the largest size the projection is for.
    private static let factor = 10.0

    /// - Parameter limit: rows to show; steep ones all the same. O(runs × nodes).
    public init(_ scaling: ProfileScaling, limit: Int) {
        self.scaling = scaling
        let rows = scaling.rows()
        rowCount = rows.count
        self.rows = Array(rows.prefix(max(limit, rows.count { $0.isSteep })))
        projected = scaling.projectedShares(of: rows, at: Self.factor)
    }

    /// How many grow steeply, surely.
    public var steepCount: Int { rows.count { $0.isSteep } }

    // MARK: For a person

    /// - Parameters:
    ///   - styled: whether the terminal shows colours.
    ///   - maxWidth: of the terminal in columns; nil where the text goes elsewhere.
    public func text(styled: Bool, maxWidth: Int?) -> String {
        let columns = [
            TextTable.Column("grows as", .right, style: .bold), TextTable.Column("95 %", .right),
            TextTable.Column("share", .right), TextTable.Column("at ×10", .right), TextTable.Column("self", .right),
            TextTable.Column("", .left), TextTable.Column("function", style: .cyan),
        ]
        var table = TextTable(columns: columns)
        for (row, projected) in zip(rows, projected) {
            table.append([
                row.total.isKnown ? "n^\(decimal(row.total.exponent))" : "?", interval(row.total),
                share(row.share), projected.map(share) ?? "", share(row.selfShare), row.isSteep ? "steep" : "",
                TerminalStyle.visible(row.name).truncated(toColumns: maxWidth.map { max($0 - 60, 24) } ?? 200),
            ])
        }
        let steep =
            switch steepCount {
            case 0: "nothing surely grows faster than n^\(ProfileScaling.steep)"
            case 1: "1 surely grows faster than n^\(ProfileScaling.steep)"
            default: "\(grouped(steepCount)) surely grow faster than n^\(ProfileScaling.steep)"
            }
        let count = rows.count < rowCount ? "\(grouped(rows.count)) of \(grouped(rowCount))" : grouped(rows.count)
        return "\(scaling.type.type) at sizes \(sizes), in all as \(whole); \(steep), \(count) functions\n"
            + table.rendered(styled: styled)
    }

    private var sizes: String {
        scaling.sizes.map { grouped(Int($0.size)) + ($0.runs > 1 ? " (\($0.runs) runs)" : "") }.joined(separator: ", ")
    }

    private var whole: String {
        scaling.total.map { "n^\(decimal($0.exponent)) (\(interval($0)))" } ?? "nothing"
    }

    private func interval(_ growth: Growth) -> String {
        let low = growth.lower.isFinite ? decimal(growth.lower) : ""
        let high = growth.upper.isFinite ? decimal(growth.upper) : ""
        return "\(low) … \(high)"
    }

    private func decimal(_ value: Double) -> String { String(format: "%.2f", value) }
    private func share(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }

    // MARK: For machines

    public func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            sampleType: scaling.type.type, unit: scaling.type.unit,
            sizes: scaling.sizes.map { .init(size: $0.size, runs: $0.runs, total: $0.total, samples: $0.samples) },
            total: scaling.total.map(Document.Fit.init), rowCount: rowCount,
            rows: zip(rows, projected).map { row, projected in
                .init(
                    function: row.name, fullName: row.fullName, kind: row.kind == .label ? "label" : "function",
                    totals: row.totals, share: row.share, selfShare: row.selfShare, shareAtTenTimes: projected,
                    isSteep: row.isSteep, total: .init(row.total), own: row.own.map(Document.Fit.init))
            })
        return Array(try encoder.encode(document)) + Array("\n".utf8)
    }

    private struct Document: Encodable {
        struct Size: Encodable {
            var size: Int64
            var runs: Int
            var total: Int64
            var samples: Int64
        }

        struct Fit: Encodable {
            var exponent: Double
            var lower: Double?
            var upper: Double?
            var certainLower: Double?

            init(_ growth: Growth) {
                exponent = growth.exponent
                lower = growth.lower.isFinite ? growth.lower : nil
                upper = growth.upper.isFinite ? growth.upper : nil
                certainLower = growth.certainLower.isFinite ? growth.certainLower : nil
            }
        }

        struct Row: Encodable {
            var function: String
            var fullName: String
            var kind: String
            var totals: [Double]
            var share: Double
            var selfShare: Double
            var shareAtTenTimes: Double?
            var isSteep: Bool
            var total: Fit
            var own: Fit?

            enum CodingKeys: String, CodingKey {
                case function, fullName, kind, totals, share, selfShare, shareAtTenTimes, isSteep, total
                case own = "self"
            }
        }

        var sampleType: String
        var unit: String
        var sizes: [Size]
        var total: Fit?
        var rowCount: Int
        var rows: [Row]
    }
}
