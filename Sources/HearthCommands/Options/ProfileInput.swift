internal import HearthFormats
internal import HearthProfile
internal import HearthTerminal

/// Profiles as the commands work on them: read, added up, one column chosen, filtered.
struct ProfileInput {
    var profile: Profile
    var column: Int
    /// What the profiles are called in messages: the file, or how many there are.
    var name: String

    var type: ValueType { profile.sampleTypes[column] }

    /// Reads and adds up the files, then applies the options. Says on standard error what was left out of a file, and
    /// which sample type is shown where none was asked for.
    ///
    /// - Parameter mayBeFilteredOut: whether it is no failure that the filters leave nothing.
    /// - Throws: `ProfileReadError`, and `CommandFailure` where nothing is left to show.
    static func load(
        _ paths: [String], _ options: ProfileOptions, mayBeFilteredOut: Bool = false
    ) throws -> ProfileInput {
        let profile = try merged(paths, options)
        var input = ProfileInput(profile: profile, column: 0, name: name(paths))
        input.column = try column(profile, options, name: input.name)
        if options.sampleType == nil { announce(profile, input.column) }
        guard !profile.isEmpty else {
            throw CommandFailure("\(input.name) holds no samples", hint: "record for longer, or under load")
        }
        input.profile = profile.filtered(try options.filter())
        if mayBeFilteredOut { return input }
        guard !input.profile.isEmpty else { throw nothingLeft(options, of: profile, name: input.name) }
        guard input.hasValues else {
            throw CommandFailure(
                "\(input.name) holds no value above 0 of sample type \(input.type.type)",
                hint: "choose another by --sample-type: \(list(profile))")
        }
        return input
    }

    /// Reads and adds up the files.
    static func merged(_ paths: [String], _ options: ProfileOptions) throws -> Profile {
        guard paths.count(where: { $0 == "-" }) <= 1 else {
            throw CommandFailure("standard input can be read once only", exitCode: 2, hint: "name - once")
        }
        var profiles: [Profile] = []
        for path in paths { profiles.append(try read(path, options)) }
        if profiles.count == 1 { return profiles[0] }
        do throws(Profile.MergeError) {
            return try Profile.merge(withCommonTypes(profiles))
        } catch {
            throw CommandFailure("the profiles cannot be added up: \(error)")
        }
    }

    /// One file, its warnings on standard error.
    private static func read(_ path: String, _ options: ProfileOptions) throws(ProfileReadError) -> Profile {
        let (profile, notes) = try Profile.read(path, format: options.inputFormat)
        for warning in notes.warnings {
            warn("warning: \(path == "-" ? "standard input" : path): \(warning)")
        }
        return profile.demanglingNames()
    }

    /// The profiles reduced to the sample types that all of them have; as they are when there are none such.
    private static func withCommonTypes(_ profiles: [Profile]) -> [Profile] {
        let first = profiles[0].sampleTypes
        let common = first.filter { type in profiles.allSatisfy { $0.sampleTypes.contains(type) } }
        guard !common.isEmpty, !profiles.allSatisfy({ $0.sampleTypes == first }) else { return profiles }
        return profiles.map { profile in profile.keeping(columns: common.compactMap(profile.sampleTypes.firstIndex)) }
    }

    /// The column that the options name, or the profile's default.
    static func column(_ profile: Profile, _ options: ProfileOptions, name: String) throws(CommandFailure) -> Int {
        guard let wanted = options.sampleType else {
            return profile.sampleTypes.indices.contains(profile.defaultSampleType) ? profile.defaultSampleType : 0
        }
        guard let column = profile.column(ofType: wanted) else {
            throw CommandFailure(
                "\(name) has no sample type '\(wanted)'", exitCode: 2, hint: "it has: \(list(profile))")
        }
        return column
    }

    static func name(_ paths: [String]) -> String {
        guard let first = paths.first, paths.count == 1 else { return "the sum of \(paths.count) profiles" }
        return first == "-" ? "standard input" : first
    }

    static func warn(_ message: String) {
        StandardStream.error.write("hearth: \(TerminalStyle.visible(message))\n")
    }

    static func announce(_ profile: Profile, _ column: Int) {
        let type = profile.sampleTypes[column]
        let others = profile.sampleTypes.enumerated().filter { $0.offset != column }.map(\.element.type)
        let also = others.isEmpty ? "" : "; also there: \(others.joined(separator: ", "))"
        warn("sample type: \(type.type)\(type.unit.isEmpty ? "" : " (\(type.unit))")\(also)")
    }

    private static func list(_ profile: Profile) -> String { profile.sampleTypes.map(\.type).joined(separator: ", ") }

    static func nothingLeft(_ options: ProfileOptions, of profile: Profile, name: String) -> CommandFailure {
        let labels = Set(profile.labels.sets.flatMap(\.keys)).sorted().prefix(20).joined(separator: ", ")
        let hint = options.conditions.isEmpty ? nil : labels.isEmpty ? "it has no labels" : "its labels: \(labels)"
        return CommandFailure("nothing is left of \(name) after \(options.filterDescription)", hint: hint)
    }

    private var hasValues: Bool {
        profile.samples.indices.contains { profile.value(row: $0, column: column) > 0 }
    }
}
