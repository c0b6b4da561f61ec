internal import HearthFlameGraph
internal import HearthProfile
internal import HearthTerminal

/// What `hearth gate` prints.
struct GateReport {
    private let gate: ProfileGate

    init(_ gate: ProfileGate) { self.gate = gate }

    // MARK: Words

    private var grown: [ProfileGate.Finding] { gate.findings.filter { $0.kind == .grew } }
    private var moved: [ProfileGate.Finding] { gate.findings.filter { $0.kind == .moved } }

    private var headline: String {
        switch gate.verdict {
        case .passed: "passed"
        case .regressed: "regressed"
        case .undecided: "not enough data"
        }
    }

    /// Why, in one line.
    private var reason: String {
        let margin = share(gate.rule.margin)
        switch gate.verdict {
        case .passed: return "nothing grew by more than \(margin) of the total"
        case .regressed:
            var reasons: [String] = []
            if gate.totalGrew { reasons.append("the total grew") }
            if grown.count == 1 { reasons.append("1 function grew") }
            if grown.count > 1 { reasons.append("\(grouped(grown.count)) functions grew") }
            return "\(reasons.joined(separator: " and ")) by more than \(margin) of the total"
        case .undecided(let needed):
            let smallest = share(gate.rule.smallestChange)
            guard gate.detectable != nil else {
                return "\(ProfileGate.fewestRuns) runs a side are the least, \(runs) are there"
            }
            let wanted =
                needed.map { "\(grouped($0)) runs a side would do" } ?? "no number of runs would do: make them longer"
            let missed =
                gate.detectable ?? 1 > gate.rule.smallestChange
                ? "growth of \(smallest) of the total in one function"
                : "growth of all of it together by \(share(gate.rule.smallestTotalChange))"
            return "\(missed) could have been missed; \(wanted)"
        }
    }

    private var runs: String { "\(grouped(gate.runs.base)) and \(grouped(gate.runs.new))" }

    private var totalLine: String {
        let quantity = Quantity(unit: gate.type.unit)
        let amounts = "\(quantity.quotientText(gate.total.base)) → \(quantity.quotientText(gate.total.new))"
        var line = "total a run: \(amounts), \(change(gate.total.ratio - 1))"
        if gate.total.interval.upperBound.isFinite {
            line +=
                " (\(change(gate.total.interval.lowerBound - 1)) … \(change(gate.total.interval.upperBound - 1)) with 95 %)"
        }
        return line + ", \(runs) runs"
    }

    private var detectableLine: String? {
        guard let detectable = gate.detectable, let total = gate.total.detectable else { return nil }
        return
            "growth of \(share(detectable)) of the total in one function, or of \(share(total)) of all together, is found four times in five"
    }

    /// `1.25%`.
    private func share(_ value: Double) -> String {
        let parts = Int64((min(value.magnitude, 1e6) * 1e6).rounded())
        return (value < 0 && parts > 0 ? "-" : "") + percent(parts, of: 1_000_000)
    }

    private func change(_ value: Double) -> String { (value < 0 ? "" : "+") + share(value) }

    // MARK: Text

    func text(styled: Bool) -> String {
        let color: TerminalStyle =
            switch gate.verdict {
            case .passed: .green
            case .regressed: .red
            case .undecided: .yellow
            }
        let head = color.apply(to: headline, enabled: styled)
        var text = "\(head): \(reason)\n\(totalLine)\n"
        if let detectableLine { text += detectableLine + "\n" }
        for (title, findings) in [("grew", grown), ("moved, what calls it did not grow as much", moved)]
        where !findings.isEmpty {
            var table = TextTable(columns: [
                TextTable.Column("growth", .right, style: .bold), TextTable.Column("at least", .right),
                TextTable.Column("was", .right, style: .dim), TextTable.Column("is", .right, style: .dim),
                TextTable.Column("function", style: .cyan),
            ])
            for finding in findings {
                table.append([
                    change(finding.growth), change(finding.interval.lowerBound), share(finding.base),
                    share(finding.new),
                    TerminalStyle.visible(finding.function) + (finding.presence == .onlyNew ? " (new)" : ""),
                ])
            }
            text += "\n\(title), in shares of the base's total:\n" + table.rendered(styled: styled)
        }
        return text
    }

    // MARK: Markdown

    /// For a comment on a pull request.
    func markdown() -> String {
        var text = "### Performance: \(headline)\n\n\(sentence(reason))\n\n\(sentence(totalLine))\n"
        if let detectableLine { text += "\(sentence(detectableLine))\n" }
        for (title, findings) in [("Grew", grown), ("Moved: what calls it did not grow as much", moved)]
        where !findings.isEmpty {
            text += "\n**\(title)**, in shares of the base's total:\n\n"
            text += "| growth | at least | was | is | function |\n|---:|---:|---:|---:|---|\n"
            for finding in findings {
                let name = Self.code(finding.function) + (finding.presence == .onlyNew ? " (new)" : "")
                text +=
                    "| \(change(finding.growth)) | \(change(finding.interval.lowerBound)) | \(share(finding.base)) | "
                    + "\(share(finding.new)) | \(name) |\n"
            }
        }
        return text
    }

    private func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }

    /// A name as code in a cell of a table: neither a bar nor a backtick of it may end either.
    private static func code(_ name: String) -> String {
        let plain = TerminalStyle.visible(name).map { $0 == "`" ? "'" : String($0) }.joined()
        return "`\(plain.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|"))`"
    }

    // MARK: JSON

    func json() throws -> [UInt8] {
        var needed: Int?
        if case .undecided(let runs) = gate.verdict { needed = runs }
        return try JSONText.encode(
            File(
                verdict: headline, reason: reason, runsNeeded: needed, sampleType: gate.type.type, unit: gate.type.unit,
                runs: .init(base: gate.runs.base, new: gate.runs.new),
                rule: .init(
                    margin: gate.rule.margin, falsePositiveRate: gate.rule.falsePositiveRate,
                    smallest: gate.rule.smallestChange),
                total: .init(
                    base: gate.total.base, new: gate.total.new, ratio: gate.total.ratio,
                    interval: gate.total.interval.upperBound.isFinite
                        ? [gate.total.interval.lowerBound, gate.total.interval.upperBound] : nil,
                    grew: gate.totalGrew),
                detectable: gate.detectable, functions: gate.findings.map(Function.init)))
    }

    private struct File: Encodable {
        struct Runs: Encodable {
            var base: Int
            var new: Int
        }
        struct Rule: Encodable {
            var margin: Double
            var falsePositiveRate: Double
            var smallest: Double
        }
        struct Total: Encodable {
            var base: Double
            var new: Double
            var ratio: Double
            var interval: [Double]?
            var grew: Bool
        }
        var verdict: String
        var reason: String
        var runsNeeded: Int?
        var sampleType: String
        var unit: String
        var runs: Runs
        var rule: Rule
        var total: Total
        var detectable: Double?
        var functions: [Function]
    }

    /// In shares of the base's total.
    private struct Function: Encodable {
        var function: String
        var fullName: String
        var verdict: String
        var presence: String
        var base: Double
        var new: Double
        var growth: Double
        var interval: [Double]

        init(_ finding: ProfileGate.Finding) {
            function = finding.function
            fullName = finding.fullName
            verdict = finding.kind.rawValue
            presence = finding.presence.rawValue
            base = finding.base
            new = finding.new
            growth = finding.growth
            interval = [finding.interval.lowerBound, finding.interval.upperBound]
        }
    }
}
