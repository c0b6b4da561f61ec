internal import ArgumentParser
internal import HearthFiles
internal import HearthFlameGraph
internal import HearthProfile
internal import HearthReports
internal import HearthTerminal

/// `hearth scaling`.
struct ScalingCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "scaling", abstract: "Find what costs ever more of the whole as the input grows.",
        discussion: """
            Takes profiles of one job on inputs of several sizes, each with its size, and
            fits to every function the power with which its cost grows, with a 95 %
            interval. What surely grows faster than n^1.3 comes first, with the share that
            it would have at ten times the largest size: the n² shows while it is small.
            Four sizes, each twice the last, and several runs of each say most.

              hearth scaling 1000=a.pb.gz 2000=b.pb.gz 4000=c.pb.gz
              hearth scaling 500=a1.folded 500=a2.folded 1000=b.folded -o growth.svg
              hearth scaling 1000=a.pb.gz 4000=c.pb.gz --group-by node --format json
            """)

    @Argument(
        help: ArgumentHelp("A size and a profile; a size may come several times.", valueName: "size=profile"))
    var profiles: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Also draw the largest size, coloured by growth: a file that ends in .svg.", valueName: "file"))
    var output: String?

    @Option(name: [.customShort("n"), .customLong("limit")], help: "Rows to print.")
    var limit = 30

    @Option(help: "What to print.")
    var format = Format.text

    @Option(help: "Title of the picture.")
    var title: String?

    @OptionGroup(title: "Choosing samples") var options: ProfileOptions

    mutating func validate() throws {
        _ = try runs()
        guard limit > 0 else { throw ValidationError("-n takes a number from 1 up, not \(limit)") }
        if let output, output != "-", !output.hasSuffix(".svg") {
            throw ValidationError("-o names a file that ends in .svg, not '\(output)'")
        }
        if output == "-" { throw ValidationError("-o - would mix the picture with the table: name a file") }
    }

    private func runs() throws -> [(size: Int64, path: String)] {
        let runs = try profiles.map { argument in
            guard let equals = argument.firstIndex(of: "="), let size = Int64(argument[..<equals]), size > 0,
                argument.index(after: equals) < argument.endIndex
            else { throw ValidationError("'\(argument)' is no SIZE=PROFILE, such as 1000=a.pb.gz") }
            return (size: size, path: String(argument[argument.index(after: equals)...]))
        }
        guard Set(runs.map(\.size)).count > 1 else {
            throw ValidationError("growth takes profiles of two sizes at least, better of four")
        }
        guard runs.count(where: { $0.path == "-" }) <= 1 else {
            throw ValidationError("standard input can be read once only: name - once")
        }
        return runs
    }

    mutating func run() throws {
        let runs = try runs()
        let side = try ProfileInput.side(runs.map(\.path), options, against: nil)
        guard !side.isFilteredOut(by: options) else {
            throw ProfileInput.nothingLeft(options, of: side.unfiltered, name: "the profiles", listsLabels: true)
        }
        let scaling: ProfileScaling
        do throws(ProfileScalingError) {
            scaling = try ProfileScaling(
                zip(runs, side.parts).map { (size: $0.size, profile: $1) }, column: side.column)
        } catch {
            throw CommandFailure("\(error)")
        }
        if let output {
            var looks = FlameGraphOptions()
            looks.title = title
            try scaling.write(to: output, options: looks)
        }
        let report = ScalingReport(scaling, limit: limit)
        switch format {
        case .json: try AtomicFile.write(try report.json(), to: "-")
        case .text:
            let isScreen = StandardStream.output.isTerminal
            let text = report.text(
                styled: isScreen && TerminalStyle.isEnabled(on: .output),
                maxWidth: isScreen ? StandardStream.output.columns : nil)
            try AtomicFile.write(Array(text.utf8), to: "-")
        }
        side.announce(options)
    }
}
