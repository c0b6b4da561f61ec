internal import HearthFormats
internal import HearthProfile
internal import HearthTerminal

/// Profiles as the commands work on them: read, added up, one column chosen, filtered.
struct ProfileInput {
    var profile: Profile
    var column: Int
    /// What the profiles are called in messages: the file, or how many there are.
    var name: String
    /// As read, before the filters.
    var unfiltered: Profile
    /// Each of the profiles that were added up, filtered.
    var parts: [Profile]

    var type: ValueType { profile.sampleTypes[column] }

    /// Reads and adds up the files, then applies the options. Says on standard error what was left out of a file.
    ///
    /// - Throws: `ProfileReadError`, and `CommandFailure` where nothing is left to show.
    ///
    /// - Parameter keepsOrder: whether samples stay as they follow one another, each in a time block.
    static func load(
        _ source: ProfileSource, _ options: ProfileOptions, keepsOrder: Bool = false
    ) throws -> ProfileInput {
        let profile = try read(
            source, options, keeping: Set(options.groupBy), keepsBlocks: keepsOrder, keepsOrder: keepsOrder)
        return try load(profile, named: source.name, options, try source.filter(options))
    }

    /// The same for a profile that is there.
    ///
    /// - Parameter filter: in the place of the one that the options ask for.
    static func load(
        _ profile: Profile, named name: String, _ options: ProfileOptions, _ filter: ProfileFilter? = nil
    ) throws -> ProfileInput {
        let input = try side(profile, named: name, options, filter, against: nil)
        try checkLabels(options.groupBy, in: [input.unfiltered], lacking: "\(input.name) has no")
        guard !input.isFilteredOut(by: options) else {
            throw nothingLeft(options, of: input.unfiltered, name: input.name, listsLabels: filter == nil)
        }
        guard input.hasValues else {
            throw CommandFailure(
                "\(input.name) holds no value above 0 of sample type \(input.type.type)",
                hint: "choose another by --sample-type: \(list(input.profile))")
        }
        return input
    }

    /// One side of a difference, of which the filters may leave nothing. The new side shows what the base does.
    static func side(
        _ paths: [String], _ options: ProfileOptions, against base: ProfileInput?
    ) throws -> ProfileInput {
        let profiles = try separate(paths, options)
        var input = try side(try sum(profiles, options), named: name(paths), options, against: base)
        if profiles.count > 1 {
            let filter = try options.filter()
            input.parts = withCommonTypes(profiles).map { $0.filtered(filter) }
        }
        return input
    }

    /// The same of a profile that is there.
    static func side(
        _ profile: Profile, named name: String, _ options: ProfileOptions, _ filter: ProfileFilter? = nil,
        against base: ProfileInput?
    ) throws -> ProfileInput {
        let shown: Int
        if let base, options.sampleType == nil {
            guard let same = profile.column(ofType: base.type.type) else {
                throw noCommonType(base, profile, name: name)
            }
            shown = same
        } else {
            shown = try column(profile, options, name: name)
        }
        guard !profile.isEmpty else {
            throw CommandFailure("\(name) holds no samples", hint: "record for longer, or under load")
        }
        let filtered = profile.filtered(try filter ?? options.filter())
        warnOfLimit(filtered, shown, name: name)
        return ProfileInput(profile: filtered, column: shown, name: name, unfiltered: profile, parts: [filtered])
    }

    private static func noCommonType(_ base: ProfileInput, _ new: Profile, name: String) -> CommandFailure {
        let common = base.profile.sampleTypes.map(\.type).filter { new.column(ofType: $0) != nil }
        guard let first = common.first else {
            return CommandFailure(
                "\(base.name) and \(name) have no sample type in common",
                hint: "one has \(list(base.profile)), the other \(list(new))")
        }
        return CommandFailure(
            "\(base.name) shows \(base.type.type), which \(name) has not", exitCode: 2,
            hint: "compare what both have: --sample-type \(first)"
                + (common.count > 1 ? " (or \(common.dropFirst().joined(separator: ", ")))" : ""))
    }

    /// Reads what is asked for, and names its addresses.
    ///
    /// - Parameters:
    ///   - labels: those that the samples of a store keep, all where nil: the fewer, the less there is to hold.
    ///   - keepsBlocks: whether windows of a store become time blocks.
    ///   - keepsOrder: whether samples of a file do.
    static func read(
        _ source: ProfileSource, _ options: ProfileOptions, keeping labels: Set<String>?, keepsBlocks: Bool,
        keepsOrder: Bool = false
    ) throws -> Profile {
        switch source {
        case .files(let paths):
            return try merged(paths, options, keepsOrder: keepsOrder)
        case .store(let reader, let selection):
            let (profile, _) = try reader.profile(selection, keeping: labels, keepsBlocks: keepsBlocks)
            try reader.checkLabels(labels.map { $0.sorted() } ?? options.groupBy, in: [profile], selection)
            return try named(profile, options, name: reader.folder)
        }
    }

    /// With the names that the options ask for.
    static func named(_ profile: Profile, _ options: ProfileOptions, name: String) throws -> Profile {
        options.named(try options.symbols.symbolize(profile.demanglingNames(), name: name))
    }

    /// Reads and adds up the files, and names their addresses.
    static func merged(
        _ paths: [String], _ options: ProfileOptions, keepsOrder: Bool = false
    ) throws -> Profile {
        let profiles = try readAll(paths, options, keepsOrder: keepsOrder)
        return options.named(try options.symbols.symbolize(try sum(profiles, options), name: name(paths)))
    }

    /// The same without adding them up.
    private static func separate(_ paths: [String], _ options: ProfileOptions) throws -> [Profile] {
        let profiles = try readAll(paths, options)
        return try zip(profiles, paths).map { profile, path in
            options.named(try options.symbols.symbolize(profile, name: name([path])))
        }
    }

    private static func readAll(
        _ paths: [String], _ options: ProfileOptions, keepsOrder: Bool = false
    ) throws -> [Profile] {
        guard paths.count(where: { $0 == "-" }) <= 1 else {
            throw CommandFailure("standard input can be read once only", exitCode: 2, hint: "name - once")
        }
        var profiles: [Profile] = []
        for path in paths { profiles.append(try read(path, options, keepsOrder)) }
        return Profile.withCommonScales(profiles)
    }

    private static func sum(_ profiles: [Profile], _ options: ProfileOptions) throws -> Profile {
        if profiles.count == 1 { return profiles[0] }
        do throws(Profile.MergeError) {
            let sum = try Profile.merge(withCommonTypes(profiles))
            // Asked for one that is left, nobody misses the others.
            if options.sampleType == nil { warnOfTypes(missing: sum, from: profiles) }
            return sum
        } catch {
            throw CommandFailure("the profiles cannot be added up: \(error)")
        }
    }

    /// One file, its warnings on standard error.
    private static func read(
        _ path: String, _ options: ProfileOptions, _ keepsOrder: Bool
    ) throws(ProfileReadError) -> Profile {
        let (profile, notes) = try Profile.read(path, format: options.inputFormat, keepsOrder: keepsOrder)
        for warning in notes.warnings {
            warn("warning: \(path == "-" ? "standard input" : path): \(warning)")
        }
        return profile.demanglingNames()
    }

    private static func warnOfTypes(missing sum: Profile, from profiles: [Profile]) {
        var missing: [String] = []
        for type in profiles.flatMap(\.sampleTypes)
        where !sum.sampleTypes.contains(type) && !missing.contains(type.type) {
            missing.append(type.type)
        }
        guard !missing.isEmpty else { return }
        warn("warning: left out, since not all profiles have it: \(missing.joined(separator: ", "))")
    }

    /// Says that a sum is not what it would be.
    static func warnOfLimit(_ profile: Profile, _ column: Int, name: String) {
        guard profile.total(column: column) == .max else { return }
        let type = profile.sampleTypes[column].type
        warn("warning: the values of \(name) for \(type) add up to more than 64 bits hold: sums stop at \(Int64.max)")
    }

    /// Holds the labels that were asked for against those that there are. `lacking` begins the message: `x.folded has no`.
    static func checkLabels(
        _ wanted: [String], in profiles: [Profile], lacking: String
    ) throws(CommandFailure) {
        if wanted.isEmpty { return }
        let known = Set(profiles.flatMap(\.labels.sets).flatMap(\.keys))
        guard let wrong = wanted.first(where: { !known.contains($0) }) else { return }
        throw CommandFailure("\(lacking) label '\(wrong)'", exitCode: 2, hint: hint(known))
    }

    private static func hint(_ labels: Set<String>) -> String {
        let list = labels.sorted().prefix(20).joined(separator: ", ")
        return list.isEmpty ? "there are no labels" : "there are: \(list)\(labels.count > 20 ? ", …" : "")"
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

    /// Names the sample type of what was written, where there are others. After all that can fail: an error stands alone.
    static func announce(_ profile: Profile, _ column: Int) {
        guard profile.sampleTypes.count > 1 else { return }
        let type = profile.sampleTypes[column]
        let others = profile.sampleTypes.enumerated().filter { $0.offset != column }.map(\.element.type)
        let unit = type.unit.isEmpty ? "" : " (\(type.unit))"
        warn("sample type: \(type.type)\(unit); also there: \(others.joined(separator: ", "))")
    }

    /// The same for what these options show of it.
    func announce(_ options: ProfileOptions) {
        if options.sampleType == nil { Self.announce(profile, column) }
    }

    private static func list(_ profile: Profile) -> String { profile.sampleTypes.map(\.type).joined(separator: ", ") }

    /// - Parameter listsLabels: whether the filters chose by the labels that the profile has.
    static func nothingLeft(
        _ options: ProfileOptions, of profile: Profile, name: String, listsLabels: Bool
    ) -> CommandFailure {
        let labels = Set(profile.labels.sets.flatMap(\.keys))
        return CommandFailure(
            "nothing is left of \(name) after \(options.filterDescription)",
            hint: options.conditions.isEmpty || !listsLabels ? nil : hint(labels))
    }

    /// Whether the filters leave no sample, or hide every function of those that they leave.
    func isFilteredOut(by options: ProfileOptions) -> Bool {
        if profile.isEmpty || options.hide == nil { return profile.isEmpty }
        return !profile.samples.contains { sample in
            sample.stack != .empty && profile.frame(profile.stacks.leaf(of: sample.stack)).kind != .label
        }
    }

    private var hasValues: Bool {
        profile.samples.indices.contains { profile.value(row: $0, column: column) > 0 }
    }
}
