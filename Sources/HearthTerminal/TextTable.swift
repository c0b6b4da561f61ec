/// Text in columns that line up, two spaces between them.
///
/// Cells are shown as they are but for control characters, which are made visible.
public struct TextTable: Sendable {
    public struct Column: Sendable {
        public enum Alignment: Sendable {
            /// For text.
            case left
            /// For numbers.
            case right
        }

        public var header: String
        public var alignment: Alignment
        /// How the cells look on a terminal.
        public var style: TerminalStyle?

        public init(_ header: String, _ alignment: Alignment = .left, style: TerminalStyle? = nil) {
            self.header = header
            self.alignment = alignment
            self.style = style
        }
    }

    public var columns: [Column]
    public private(set) var rows: [[String]] = []

    public init(columns: [Column]) { self.columns = columns }

    /// Adds a row. Cells that are missing are empty, those beyond the last column are left out.
    public mutating func append(_ cells: [String]) {
        let padding = repeatElement("", count: max(columns.count - cells.count, 0))
        rows.append((cells.prefix(columns.count) + padding).map(TerminalStyle.visible))
    }

    /// The table, one line a row with a line break after each, headers first. O(cells).
    ///
    /// - Parameters:
    ///   - styled: whether headers are bold and cells in the style of their column.
    ///   - maxWidth: columns of the terminal; the last column is cut to fit. Nil cuts nothing.
    public func rendered(styled: Bool = false, maxWidth: Int? = nil) -> String {
        guard !columns.isEmpty else { return "" }
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].header.terminalWidth) { max($0, $1[index].terminalWidth) }
        }
        if let maxWidth {
            let others = widths.dropLast().reduce(0) { $0 + $1 + 2 }
            let last = widths.count - 1
            widths[last] = min(widths[last], max(maxWidth - others, 8))
        }
        var text = line(columns.map(\.header), widths) { _ in styled ? .bold : nil }
        for row in rows { text += line(row, widths) { styled ? columns[$0].style : nil } }
        return text
    }

    private func line(_ cells: [String], _ widths: [Int], style: (Int) -> TerminalStyle?) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let cell = index == cells.count - 1 ? cell.truncated(toColumns: widths[index]) : cell
            let padding = String(repeating: " ", count: max(widths[index] - cell.terminalWidth, 0))
            let shown = cell.isEmpty ? "" : style(index)?.apply(to: cell, enabled: true) ?? cell
            if index > 0 { line += "  " }
            line += columns[index].alignment == .left ? shown + padding : padding + shown
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }
}
