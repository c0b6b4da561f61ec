internal import ArgumentParser
internal import HearthFlameGraph
internal import HearthProfile
internal import HearthTerminal

/// `hearth diff`.
struct DiffCommand: ParsableCommand {
    enum Format: String, OutputFormat {
        case svg, html, folded, json

        static let subject = "a difference"
        static let standard: Format? = nil

        var isReadable: Bool { self == .folded || self == .json }
    }

    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what changed from one profile to another.",
        discussion: """
            Red grew, blue shrank, grey may be chance. A .folded file has two columns of
            counts, base and new; a .json file has both values, the interval and the
            verdict of every function.

              hearth diff before.pb.gz after.pb.gz -o diff.svg
              hearth diff --base monday-*.pb.gz --new tuesday-*.pb.gz -o diff.svg
              hearth diff before.pb.gz after.pb.gz -o diff.json
            """)

    @Argument(help: ArgumentHelp("The base profile, then the new one.", valueName: "profile"))
    var profiles: [String] = []

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Profiles that are added up as the base.", valueName: "profile"))
    var base: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Profiles that are added up as the new side.", valueName: "profile"))
    var new: [String] = []

    @Option(help: "Compare shares of the total, or absolute values: for the same amount of work.")
    var normalize = ProfileDiff.Normalization.share

    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions
    @OptionGroup(title: "Looks") var looks: GraphOptions

    @Option(help: "svg, html, folded or json; default: by the extension of the output.")
    var format: Format?

    mutating func validate() throws {
        let isPair = profiles.count == 2 && base.isEmpty && new.isEmpty
        let isSides = profiles.isEmpty && !base.isEmpty && !new.isEmpty
        guard isPair || isSides else {
            throw ValidationError("name two profiles, BASE and NEW, or some after --base and some after --new")
        }
        guard (profiles + base + new).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read once only: name - once")
        }
        _ = try Format.choose(format, for: output)
    }

    mutating func run() throws {
        let format = try Format.choose(format, for: output)
        let before = try ProfileInput.side(base.isEmpty ? [profiles[0]] : base, options, against: nil)
        let after = try ProfileInput.side(new.isEmpty ? [profiles[1]] : new, options, against: before)
        // What came with the change may have a label that the base has not.
        try ProfileInput.checkLabels(
            options.groupBy, in: [before.unfiltered, after.unfiltered], lacking: "neither side has a")
        guard !before.isFilteredOut(by: options) || !after.isFilteredOut(by: options) else {
            throw ProfileInput.nothingLeft(options, of: after.unfiltered, name: "both sides")
        }
        let diff: ProfileDiff
        do throws(ProfileDiffError) {
            diff = try ProfileDiff(
                base: before.profile, new: after.profile, baseColumn: before.column, newColumn: after.column,
                normalization: normalize)
        } catch {
            throw CommandFailure("\(before.name) and \(after.name) cannot be compared: \(error)")
        }
        try output.write(try bytes(diff, format))
        before.announce(options)
    }

    private func bytes(_ diff: ProfileDiff, _ format: Format) throws -> [UInt8] {
        switch format {
        case .svg: Array(diff.svg(options: looks.graphOptions).utf8)
        case .html: Array(diff.html(options: looks.graphOptions).utf8)
        case .folded: DiffFile.folded(diff)
        case .json: try DiffFile.json(diff)
        }
    }
}
