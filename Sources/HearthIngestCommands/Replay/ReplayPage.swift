internal import HearthTerminal

/// The story as a page that fetches nothing but the pictures beside it.
struct ReplayPage {
    let story: ReplayStory

    init(_ story: ReplayStory) { self.story = story }

    func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Replay: \(Self.escaped(story.input))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <h1>From \(seconds("0")) to \(seconds("6"))</h1>
        <p>\(grouped(story.documents)) documents of \(Self.escaped(story.input)), embedded by: \(Self.escaped(story.embedder)). \
        Each iteration adds one change to the one before, and stores the same. Iteration 6 takes \
        <strong>\(decimal(story.ratio, places: 1))</strong> times less time than iteration 0, and \
        \(decimal(story.cpuRatio, places: 1)) times less CPU time. Figures are per run.</p>
        \(bars())
        \(table())
        \(story.rows.map(section).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    private func seconds(_ name: String) -> String {
        story.rows.first { $0.name == name }.map { ReplayReport.seconds($0.figures.wallSeconds) } ?? "?"
    }

    /// Wall time by iteration, on a scale of powers of ten: the last bars would be lines otherwise.
    private func bars() -> String {
        let rows = story.rows.filter { $0.figures.documents == story.documents }
        let largest = rows.reduce(0) { max($0, $1.figures.wallSeconds) }
        let smallest = rows.reduce(largest) { min($0, $1.figures.wallSeconds) }
        guard smallest > 0 else { return "" }
        let bars = rows.map { row in
            let width = Self.width(row.figures.wallSeconds, from: smallest / 2, to: largest)
            return """
                <li><a href="#i\(row.name)">\(Self.escaped(row.name)) \(Self.escaped(row.title))</a>\
                <span class="bar" style="width:\(decimal(width, places: 2))%"></span>\
                <b>\(ReplayReport.seconds(row.figures.wallSeconds))</b></li>
                """
        }
        return
            "<ol class=\"bars\">\n\(bars.joined(separator: "\n"))\n</ol>\n<p class=\"note\">Wall time of a run, logarithmic.</p>"
    }

    private static func width(_ value: Double, from low: Double, to high: Double) -> Double {
        let steps = { (value: Double) in Double(value.exponent) + value.significand - 1 }
        return 60 * (steps(value) - steps(low)) / max(steps(high) - steps(low), 1e-9)
    }

    private func table() -> String {
        let head = [
            "", "iteration", "wall", "CPU", "CPU ÷", "memory", "model calls", "values", "loads",
            "takes away: share (rank) before",
            "after", "runs", "samples",
        ]
        let rows = story.rows.flatMap { row -> [String] in
            var lines: [String] = []
            if let base = row.base, base.documents != story.documents {
                lines.append(line("", "\(grouped(base.documents)) documents, before it", base, nil))
            }
            lines.append(line(row.name, row.title, row.figures, row))
            return lines
        }
        return """
            <div class="wide"><table>
            <thead><tr>\(head.map { "<th>\($0)</th>" }.joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }

    private func line(_ name: String, _ title: String, _ figures: ReplayFigures, _ row: ReplayRow?) -> String {
        let link = name.isEmpty ? Self.escaped(title) : "<a href=\"#i\(name)\">\(Self.escaped(title))</a>"
        let cells = [
            Self.escaped(name), link, ReplayReport.seconds(figures.wallSeconds),
            ReplayReport.seconds(figures.cpuSeconds), row?.speedup.map { decimal($0, places: 2) } ?? "",
            "\(figures.peakBytes >> 20) MB", grouped(figures.modelCalls), grouped(figures.modelValues),
            grouped(figures.modelLoads), ReplayReport.share(row?.before), ReplayReport.share(row?.after),
            grouped(figures.runs), grouped(Int(figures.samples)),
        ]
        return "<tr>\(cells.map { "<td>\($0)</td>" }.joined())</tr>"
    }

    private func section(_ row: ReplayRow) -> String {
        let names = row.removes.map { "<code>\(Self.escaped($0))</code>" }.joined(separator: ", ")
        let found =
            row.before.map { before in
                """
                <p>It takes away \(names): \(ReplayReport.share(before)) of the CPU time before, \
                \(ReplayReport.share(row.after)) after. The number in brackets is the rank among functions that do not call \
                these.</p>
                """
            } ?? ""
        let diff =
            row.base == nil
            ? ""
            : "<figure><a href=\"\(row.name)/diff.svg\"><img loading=\"lazy\" src=\"\(row.name)/diff.svg\" alt=\"Difference\"></a><figcaption>Difference to what was before: blue shrank, red grew, grey may be chance\(row.noise.map { "; \($0.description)" } ?? "")</figcaption></figure>"
        return """
            <section id="i\(row.name)">
            <h2>\(Self.escaped(row.name)) · \(Self.escaped(row.title))</h2>
            <p>\(Self.escaped(row.change))</p>
            \(found)
            <div class="pictures">
            <figure><a href="\(row.name)/flamegraph.svg"><img loading="lazy" src="\(row.name)/flamegraph.svg" alt="Flame graph"></a>\
            <figcaption>CPU time by node</figcaption></figure>
            \(diff)
            </div>
            <p class="note"><code>\(row.options.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: " "))</code></p>
            </section>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
    }

    private static let style = """
        :root { color-scheme: light dark; --line: #d8d4cc; --soft: #6b675f; --bar: #e8845c }
        @media (prefers-color-scheme: dark) { :root { --line: #45423d; --soft: #a5a096; --bar: #b4552f } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem }
        h1 { font-weight: 650 } h2 { margin: 2.5rem 0 .3rem; font-weight: 600 }
        code { font-size: .85em } .note { color: var(--soft); font-size: .9rem }
        .wide { overflow-x: auto }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; white-space: nowrap }
        th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line) }
        th { color: var(--soft); font-weight: 500; white-space: normal; vertical-align: bottom }
        th:nth-child(2), td:nth-child(2) { text-align: left }
        .bars { list-style: none; padding: 0; margin: 1.5rem 0 .3rem }
        .bars li { display: flex; align-items: center; gap: .7rem; margin: .25rem 0 }
        .bars a { flex: 0 0 15rem; color: inherit } .bar { background: var(--bar); height: 1.1rem; border-radius: 3px; min-width: 2px }
        .pictures { display: flex; flex-wrap: wrap; gap: 1rem } figure { flex: 1 1 32rem; margin: .5rem 0 }
        img { width: 100%; border: 1px solid var(--line); border-radius: 6px } figcaption { color: var(--soft); font-size: .9rem }
        """
}
