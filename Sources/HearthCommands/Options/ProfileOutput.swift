internal import ArgumentParser
internal import HearthFormats
internal import HearthProfile

/// Where `merge` and `convert` put a profile, and as what.
struct ProfileOutput: ParsableArguments {
    @OptionGroup var output: OutputOption

    @Option(help: "Format of the output; default: by its extension.")
    var format: ProfileFormat?

    mutating func validate() throws { _ = try chosenFormat() }

    /// - Throws: `ValidationError`, a usage error, where the format is not known or cannot be written.
    private func chosenFormat() throws -> ProfileFormat {
        let writable = ProfileFormat.allCases.filter(\.canBeWritten)
        guard let chosen = format ?? ProfileFormat(path: output.output) else {
            let names = writable.map { $0.extensions[0] }.joined(separator: ", ")
            throw ValidationError("cannot write a profile as '\(output.output)': use \(names), or --format")
        }
        guard chosen.canBeWritten else {
            let names = writable.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(chosen.rawValue) can be read but not written: use \(names)")
        }
        return chosen
    }

    /// Applies the options and writes what is left, which may be nothing. A format that holds one sample type gets the
    /// one asked for or the default; others get all, unless one is asked for.
    func write(_ paths: [String], _ options: ProfileOptions) throws {
        let format = try chosenFormat()
        var profile = try ProfileInput.merged(paths, options)
        let column = try ProfileInput.column(profile, options, name: ProfileInput.name(paths))
        if options.sampleType != nil {
            profile = profile.keeping(columns: [column])
        } else if format == .collapsed {
            ProfileInput.announce(profile, column)
        }
        profile = profile.filtered(try options.filter())
        try profile.write(to: output.output, format: format, column: options.sampleType == nil ? column : 0)
    }
}
