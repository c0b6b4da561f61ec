/// The picture of the table: a box a target, a band a layer, a line an import.
struct LayerDrawing {
    let table: LayerTable

    private let gap = 16
    private let boxHeight = 30
    private let bandHeight = 108

    func svg() -> String {
        let layers = Set(table.rows.map(\.layer)).sorted(by: >)
        // As wide as the fullest layer, so that no box covers another.
        let width = layers.map { layer in rowWidth(table.rows.filter { $0.layer == layer }) }.reduce(1_140, max) + 40
        let height = layers.count * bandHeight + 20
        var boxes: [String: (x: Int, y: Int, width: Int)] = [:]
        var bands = ""
        for (index, layer) in layers.enumerated() {
            let row = table.rows.filter { $0.layer == layer }
            let top = 10 + index * bandHeight
            bands += """
                <rect x="10" y="\(top)" width="\(width - 20)" height="\(bandHeight - 14)" rx="8" class="band"/>
                <text x="22" y="\(top + 18)" class="layer">layer \(layer)</text>

                """
            var x = (width - rowWidth(row)) / 2
            for target in row {
                let boxWidth = boxWidth(target)
                boxes[target.target] = (x, top + 38, boxWidth)
                x += boxWidth + gap
            }
        }
        var lines = ""
        var names = ""
        for row in table.rows {
            guard let from = boxes[row.target] else { continue }
            for name in row.imports.sorted() {
                guard let to = boxes[name] else { continue }
                let (x1, y1) = (from.x + from.width / 2, from.y + boxHeight)
                let (x2, y2) = (to.x + to.width / 2, to.y)
                let bend = (y2 - y1) / 2
                lines += "<path d=\"M\(x1) \(y1) C\(x1) \(y1 + bend) \(x2) \(y2 - bend) \(x2) \(y2)\"/>\n"
            }
            names += """
                <rect x="\(from.x)" y="\(from.y)" width="\(from.width)" height="\(boxHeight)" rx="5" class="box"/>
                <text x="\(from.x + from.width / 2)" y="\(from.y + 20)" class="name">\(row.target)</text>

                """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)">
            <title>Hearth's targets by layer; a line leads from a target to one that it imports</title>
            <style>
            text { font: 13px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
            .layer { font-size: 11px; fill: #6e7781 } .name { text-anchor: middle }
            .band { fill: #f6f8fa } .box { fill: #fff; stroke: #c2560c } path { fill: none; stroke: #8c959f; opacity: .55 }
            svg { background: #fff }
            </style>
            \(bands)\(lines)\(names)</svg>

            """
    }

    private func boxWidth(_ row: LayerTable.Row) -> Int { row.target.count * 8 + 18 }

    private func rowWidth(_ rows: [LayerTable.Row]) -> Int {
        rows.reduce(0) { $0 + boxWidth($1) } + gap * max(rows.count - 1, 0)
    }
}
