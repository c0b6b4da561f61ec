internal import ArgumentParser
internal import HearthFormats
internal import HearthProfile
internal import HearthTerminal

/// Where `merge` and `convert` put a profile, and as what.
struct ProfileOutput: ParsableArguments {
    @OptionGroup var output: OutputOption

    @Option(help: "Format of the output; default: by its extension.")
    var format: ProfileFormat?

    @Option(
        name: .customLong("split-by"),
        help: ArgumentHelp(
            "A profile in the file for every value of this label, such as thread; speedscope only.",
            valueName: "label"))
    var splitBy: String?

    mutating func validate() throws { _ = try chosenFormat() }

    /// - Throws: `ValidationError`, a usage error, where the format is not known or cannot be written.
    private func chosenFormat() throws -> ProfileFormat {
        let writable = ProfileFormat.allCases.filter(\.canBeWritten)
        let names = writable.map { $0.extensions[0] }.joined(separator: ", ")
        guard let chosen = format ?? ProfileFormat(path: output.path) else {
            if output.path == "-" {
                throw ValidationError("where to and as what? give -o FILE (\(names)), or --format for standard output")
            }
            throw ValidationError("cannot write a profile as '\(output.path)': use \(names), or --format")
        }
        guard chosen.canBeWritten else {
            let names = writable.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(chosen.rawValue) can be read but not written: use \(names)")
        }
        if chosen == .pprof, output.isUnaskedTerminal {
            throw ValidationError("pprof is not for the terminal: give -o FILE (\(names)), or -o - all the same")
        }
        if splitBy != nil, !chosen.canBeSplit {
            throw ValidationError(
                "--split-by is for speedscope: a \(chosen.rawValue) file holds one profile, which --group-by divides")
        }
        return chosen
    }

    /// Applies the options and writes what is left, which may be nothing. A format that holds one sample type gets the
    /// one asked for or the default; others get all, unless one is asked for.
    func write(_ source: ProfileSource, _ options: ProfileOptions) throws {
        let format = try chosenFormat()
        // What the format cannot hold is not read of a store.
        let labels = options.groupBy + [splitBy].compactMap(\.self)
        let whole = try ProfileInput.read(
            source, options, keeping: format == .pprof ? nil : Set(labels), keepsBlocks: format != .collapsed)
        try Self.write(
            whole, named: source.name, options, try source.filter(options), to: output, as: format, splitBy: splitBy)
    }

    /// The same for a profile that is there.
    ///
    /// - Parameter filter: in the place of the one that the options ask for.
    static func write(
        _ whole: Profile, named name: String, _ options: ProfileOptions, _ filter: ProfileFilter? = nil,
        to output: OutputOption, as format: ProfileFormat, splitBy: String? = nil
    ) throws {
        let chosen = try ProfileInput.column(whole, options, name: name)
        try ProfileInput.checkLabels(
            options.groupBy + [splitBy].compactMap(\.self), in: [whole], lacking: "\(name) has no")
        let isOne = options.sampleType != nil
        let profile = (isOne ? whole.keeping(columns: [chosen]) : whole).filtered(try filter ?? options.filter())
        let column = isOne ? 0 : chosen
        let written = format == .collapsed ? [column] : Array(profile.sampleTypes.indices)
        for column in written { ProfileInput.warnOfLimit(profile, column, name: name) }
        if format != .pprof { warnOfNegatives(profile, written, format) }
        try profile.write(to: output.path, format: format, column: column, splitBy: splitBy)
        if format == .collapsed, !isOne { ProfileInput.announce(profile, column) }
    }

    /// Only pprof has a place for what the difference of two pprof files is full of.
    private static func warnOfNegatives(_ profile: Profile, _ columns: [Int], _ format: ProfileFormat) {
        let count = columns.reduce(0) { count, column in
            count + profile.samples.indices.count { profile.value(row: $0, column: column) < 0 }
        }
        guard count > 0 else { return }
        let values = count == 1 ? "1 value" : "\(grouped(count)) values"
        let holder = format == .collapsed ? "collapsed stacks hold" : "speedscope holds"
        ProfileInput.warn("warning: \(values) below 0 left out: \(holder) none")
    }
}
