internal import HearthTerminal

/// The story as a table for a person.
struct ReplayReport {
    let story: ReplayStory

    init(_ story: ReplayStory) { self.story = story }

    func text() -> String {
        var table = TextTable(columns: [
            .init("", .right, style: .bold), .init("iteration", style: .cyan), .init("wall", .right),
            .init("cpu", .right),
            .init("×", .right), .init("memory", .right), .init("model calls", .right), .init("values", .right),
            .init("takes away: before", .right), .init("after", .right), .init("runs", .right),
            .init("samples", .right),
        ])
        for row in story.rows {
            if let base = row.base, base.documents != story.documents {
                table.append(cells("", "(\(grouped(base.documents)) documents, before it)", base, nil))
            }
            table.append(cells(row.name, row.title, row.figures, row))
        }
        let isTerminal = StandardStream.output.isTerminal
        return "\(grouped(story.documents)) documents, \(story.embedder); all iterations stored the same\n"
            + table.rendered(
                styled: TerminalStyle.isEnabled(on: .output), maxWidth: isTerminal ? StandardStream.output.columns : nil
            )
            + "Iteration 0 takes \(decimal(story.ratio, places: 1)) times as long as 6, "
            + "and \(decimal(story.cpuRatio, places: 1)) times the CPU time\n"
    }

    private func cells(_ name: String, _ title: String, _ figures: ReplayFigures, _ row: ReplayRow?) -> [String] {
        [
            name, title, Self.seconds(figures.wallSeconds), Self.seconds(figures.cpuSeconds),
            row?.speedup.map { decimal($0, places: 2) } ?? "", "\(figures.peakBytes >> 20) MB",
            grouped(figures.modelCalls), grouped(figures.modelValues), Self.share(row?.before), Self.share(row?.after),
            grouped(figures.runs), grouped(Int(figures.samples)),
        ]
    }

    static func seconds(_ value: Double) -> String {
        value < 1 ? "\(decimal(value * 1000, places: 1)) ms" : "\(decimal(value, places: 2)) s"
    }

    /// `39.6 % (1.)`: of all, and its rank.
    static func share(_ share: ReplayShare?) -> String {
        guard let share else { return "" }
        return "\(decimal(share.share * 100, places: 1)) %" + (share.rank.map { " (\($0).)" } ?? "")
    }
}
