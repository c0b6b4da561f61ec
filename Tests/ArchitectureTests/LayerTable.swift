import Foundation

/// The table of Docs/Architecture.md.
struct LayerTable {
    struct Row {
        var layer: Int
        var target: String
        var imports: Set<String>
        var uses: Set<String>
    }

    var rows: [Row] = []

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    init(page: String) {
        for line in page.split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, let layer = Int(cells[0]) else { continue }
            rows.append(
                Row(
                    layer: layer, target: Self.names(cells[1]).first ?? "", imports: Set(Self.names(cells[3])),
                    uses: Set(cells[4].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
                        .subtracting(["–"])))
        }
    }

    static func read() throws -> LayerTable {
        let page = root.appendingPathComponent("Docs/Architecture.md")
        return LayerTable(page: try String(contentsOf: page, encoding: .utf8))
    }

    subscript(target: String) -> Row? { rows.first { $0.target == target } }

    private static func names(_ cell: String) -> [String] {
        cell.split(separator: "`").enumerated().compactMap {
            $0.offset % 2 == (cell.hasPrefix("`") ? 0 : 1) ? String($0.element) : nil
        }
        .filter { $0 != ", " }
    }
}
