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
            Red grew, blue shrank, grey may be chance. What is chance is measured: from how
            the profiles of a side differ among themselves, three or more a side are best;
            of one profile a side, from its time blocks. A .folded file has two columns of
            counts, base and new; a .json file has both values, the interval and the
            verdict of every function and frame. An .html page has these as a table beside
            the graph, and shows either side alone.

              hearth diff before.pb.gz after.pb.gz -o diff.svg
              hearth diff --base monday-*.pb.gz --new tuesday-*.pb.gz -o diff.svg
              hearth diff before.pb.gz after.pb.gz -o diff.json

            Of a store, both sides are windows that have all of some labels, of processes
            or of samples, or that begin in some time; several times are added up. Where
            the service counts its work, costs of a unit of work are compared.

              hearth diff --store /srv/hearth --base version=1.4 --new version=1.5 -o x.svg
              hearth diff --store /srv/hearth --base 9:00..9:10 --new 9:20..9:30 -o x.svg
              hearth diff --store /srv/hearth --base -26h..-24h --new -2h.. \\
                --where endpoint=/search -o yesterday.svg
            """)

    @Argument(help: ArgumentHelp("The base profile, then the new one.", valueName: "profile"))
    var profiles: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Profiles, each of a run, that are added up as the base; of a store LABEL=VALUE, FROM..TO.",
            valueName: "profile"))
    var base: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Profiles, each of a run, that are added up as the new side; of a store LABEL=VALUE, FROM..TO.",
            valueName: "profile"))
    var new: [String] = []

    @Option(
        help: """
            Compare shares of the total, absolute values (for the same amount of work), costs of a second that was \
            recorded, or of a unit of work (of a store). Default: work where it is known, else share.
            """)
    var normalize: NormalizationOption?

    @Option(help: "Which side says how wide a frame of the picture is; larger shows also what is new or gone.")
    var widths = FrameWidths.larger

    @OptionGroup(title: "Windows of a store") var store: StoreOptions
    @OptionGroup var output: OutputOption
    @OptionGroup(title: "Choosing samples") var options: ProfileOptions
    @OptionGroup(title: "Looks") var looks: GraphOptions

    @Option(help: "svg, html, folded or json; default: by the extension of the output.")
    var format: Format?

    mutating func validate() throws {
        if store.folder == nil {
            try validateFiles()
        } else {
            try store.check(profiles)
            guard !base.isEmpty, !new.isEmpty else {
                throw ValidationError(
                    "say what of the store to compare: LABEL=VALUE or FROM..TO after --base and --new")
            }
            _ = try selections(TimeReading())
        }
        try validateLooks(try Format.choose(format, for: output))
    }

    /// What a picture of a difference has other means for.
    private func validateLooks(_ format: Format) throws {
        if looks.reverse, format != .html {
            throw ValidationError("--reverse is for .html: the page has both views with their verdicts")
        }
        if looks.colors != FlameGraphOptions().colors {
            throw ValidationError("--colors does not apply to a difference: red grew, blue shrank")
        }
        if widths != .larger, format != .svg {
            throw ValidationError("--widths is for .svg: a page shows the base, the new side or both")
        }
    }

    private func validateFiles() throws {
        let isPair = profiles.count == 2 && base.isEmpty && new.isEmpty
        let isSides = profiles.isEmpty && !base.isEmpty && !new.isEmpty
        guard isPair || isSides else {
            throw ValidationError("name two profiles, BASE and NEW, or some after --base and some after --new")
        }
        guard (profiles + base + new).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read once only: name - once")
        }
        guard normalize != .work else {
            throw ValidationError("--normalize work needs a --store: files do not say how much work was done")
        }
    }

    private func selections(_ clock: TimeReading) throws -> (base: StoreSelection, new: StoreSelection) {
        let bounds = try store.bounds(clock)
        let common = try options.filter().labels
        return (
            try StoreSide.selection("base", base, bounds, common, clock),
            try StoreSide.selection("new", new, bounds, common, clock)
        )
    }

    mutating func run() throws {
        let format = try Format.choose(format, for: output)
        if let folder = store.folder { return try compareWindows(of: folder, format) }
        let before = try ProfileInput.side(base.isEmpty ? [profiles[0]] : base, options, against: nil)
        let after = try ProfileInput.side(new.isEmpty ? [profiles[1]] : new, options, against: before)
        if normalize == .absolute, before.parts.count != after.parts.count {
            let (base, new) = (before.parts.count, after.parts.count)
            ProfileInput.warn(
                "warning: the sum of \(base) profiles is compared with that of \(new); --normalize share compares shares"
            )
        }
        let normalization = try normalization(before, after)
        let diff = try diff(before, after) { () throws(ProfileDiffError) in
            try ProfileDiff(
                base: before.parts, new: after.parts, baseColumn: before.column, newColumn: after.column,
                normalization: normalization)
        }
        try output.write(try bytes(diff, format))
        before.announce(options)
    }

    /// Of files; of all runs of a side together.
    private func normalization(_ before: ProfileInput, _ after: ProfileInput) throws -> ProfileDiff.Normalization {
        switch normalize {
        case .absolute: return .absolute
        case .share, .work, nil: return .share
        case .time:
            let names = [base.isEmpty ? [before.name] : base, new.isEmpty ? [after.name] : new]
            for (side, paths) in zip([before, after], names) {
                for (run, path) in zip(side.parts, paths) where run.duration <= 0 {
                    throw CommandFailure(
                        "--normalize time: \(path) does not say how long it was recorded",
                        hint: "--normalize share compares shares")
                }
            }
            let durations = [before, after].map { $0.parts.reduce(0) { saturatingSum($0, $1.duration) } }
            return .time(base: durations[0], new: durations[1])
        }
    }

    private func compareWindows(of folder: String, _ format: Format) throws {
        let clock = TimeReading()
        let (base, new) = try selections(clock)
        let comparison = try StoreComparison(
            try StoreReader(folder: folder, clock), base: base, new: new, normalize, options)
        let diff = try diff(comparison.base, comparison.new) { () throws(ProfileDiffError) in
            try ProfileDiff(
                base: comparison.runs.base, new: comparison.runs.new, normalization: comparison.normalization)
        }
        try output.write(try bytes(diff, format))
        comparison.base.announce(options)
        ProfileInput.warn(comparison.summary(diff))
    }

    private func diff(
        _ before: ProfileInput, _ after: ProfileInput, _ compare: () throws(ProfileDiffError) -> ProfileDiff
    ) throws -> ProfileDiff {
        // What came with the change may have a label that the base has not.
        try ProfileInput.checkLabels(
            options.groupBy, in: [before.unfiltered, after.unfiltered], lacking: "neither side has a")
        guard !before.isFilteredOut(by: options) || !after.isFilteredOut(by: options) else {
            throw ProfileInput.nothingLeft(
                options, of: after.unfiltered, name: "both sides", listsLabels: store.folder == nil)
        }
        do throws(ProfileDiffError) {
            return try compare()
        } catch {
            throw CommandFailure("\(before.name) and \(after.name) cannot be compared: \(error)")
        }
    }

    private func bytes(_ diff: ProfileDiff, _ format: Format) throws -> [UInt8] {
        var graph = looks.graphOptions
        graph.widths = widths
        switch format {
        case .svg: return Array(diff.svg(options: graph).utf8)
        case .html: return Array(diff.html(options: graph).utf8)
        case .folded: return DiffFile.folded(diff)
        case .json: return try DiffFile.json(diff)
        }
    }
}
