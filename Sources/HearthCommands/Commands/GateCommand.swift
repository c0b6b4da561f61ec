internal import ArgumentParser
internal import HearthProfile
internal import HearthTerminal

/// `hearth gate`.
struct GateCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, markdown, json
    }

    static let configuration = CommandConfiguration(
        commandName: "gate", abstract: "Say whether a change made a program slower; for continuous integration.",
        discussion: """
            Takes profiles of several runs of the same work before and after the change,
            best taken in turn: base, new, new, base, … It fails where a run's total grew,
            or what a function spends itself, by more than the margin and surely. A cost
            that only moved to a function beside it is no regression.

              hearth gate --base base-*.pb.gz --new new-*.pb.gz
              hearth gate --base base-*.pb.gz --new new-*.pb.gz \\
                --format markdown -o comment.md

            Exit codes: 0 passed, 3 regression, 4 not enough data to say, 1 failure,
            2 wrong usage. Docs/Diffing.md says how many runs it takes.
            """)

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Profiles of runs before the change.", valueName: "profile"))
    var base: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Profiles of runs after it.", valueName: "profile"))
    var new: [String] = []

    @Option(help: "Growth that does not count, as a share of the base's total.")
    var margin = GateRule().margin

    @Option(
        name: .customLong("false-positive-rate"),
        help: "How often, at most, a change that costs nothing is called a regression.")
    var falsePositiveRate = GateRule().falsePositiveRate

    @Option(
        help: ArgumentHelp(
            """
            Growth inside one function, as a share of the base's total, that must not be missed (four times in five); where it \
            could be, there is not enough data.
            """))
    var smallest = GateRule().smallestChange

    @Option(help: "What to print.")
    var format = Format.text

    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions

    mutating func validate() throws {
        guard !base.isEmpty, !new.isEmpty else {
            throw ValidationError("name the profiles before the change after --base, those after it after --new")
        }
        guard (base + new).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read once only: name - once")
        }
        guard options.groupBy.isEmpty else { throw ValidationError("--group-by has no meaning for a gate") }
        for (name, value) in [("margin", margin), ("smallest", smallest)] where !(value >= 0 && value < 1) {
            throw ValidationError("--\(name) is a share of the total from 0 to 1, such as 0.02, not \(value)")
        }
        guard smallest > margin else { throw ValidationError("--smallest is above --margin, which is \(margin)") }
        guard falsePositiveRate > 0, falsePositiveRate < 0.5 else {
            throw ValidationError("--false-positive-rate is above 0 and below 0.5, not \(falsePositiveRate)")
        }
    }

    mutating func run() throws {
        let before = try ProfileInput.side(base, options, against: nil)
        let after = try ProfileInput.side(new, options, against: before)
        guard !before.isFilteredOut(by: options) || !after.isFilteredOut(by: options) else {
            throw ProfileInput.nothingLeft(options, of: after.unfiltered, name: "both sides", listsLabels: true)
        }
        for (side, paths) in [(before, base), (after, new)] {
            for (run, path) in zip(side.parts, paths) where run.total(column: side.column) <= 0 {
                throw CommandFailure(
                    "\(path) holds no value above 0 of sample type \(side.type.type)", exitCode: 4,
                    hint: "leave this run out, or record for longer")
            }
        }
        var rule = GateRule()
        rule.margin = margin
        rule.falsePositiveRate = falsePositiveRate
        rule.smallestChange = smallest
        let gate: ProfileGate
        do throws(ProfileDiffError) {
            gate = try ProfileGate(
                base: before.parts, new: after.parts, baseColumn: before.column, newColumn: after.column, rule: rule)
        } catch {
            throw CommandFailure("\(before.name) and \(after.name) cannot be compared: \(error)")
        }
        let report = GateReport(gate)
        switch format {
        case .json: try output.write(report.json())
        case .markdown: try output.write(Array(report.markdown().utf8))
        case .text:
            let isScreen = output.path == "-" && StandardStream.output.isTerminal
            let styled = isScreen && TerminalStyle.isEnabled(on: .output)
            try output.write(Array(report.text(styled: styled).utf8))
        }
        before.announce(options)
        if let code = gate.verdict.exitCode { throw ExitCode(code) }
    }
}

extension ProfileGate.Verdict {
    /// Nil where all is well.
    fileprivate var exitCode: Int32? {
        switch self {
        case .passed: nil
        case .regressed: 3
        case .undecided: 4
        }
    }
}
