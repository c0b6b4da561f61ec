internal import ArgumentParser
internal import HearthFormats
internal import HearthProfile
internal import HearthTerminal

/// What every command that reads profiles takes.
struct ProfileOptions: ParsableArguments {
    @Option(
        name: .customLong("sample-type"),
        help: ArgumentHelp(
            "Column to use, such as cpu or samples. Default: the one the profile names.", valueName: "type"))
    var sampleType: String?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Keep samples whose label has this value. May be repeated.", valueName: "label=value"))
    var conditions: [String] = []

    @Option(
        name: .customLong("group-by"),
        help: ArgumentHelp(
            "Put the values of this label at the root of the stacks. May be repeated.", valueName: "label"))
    var groupBy: [String] = []

    @Option(help: ArgumentHelp("Keep stacks in which a function matches.", valueName: "regex"))
    var focus: String?

    @Option(help: ArgumentHelp("Drop stacks in which a function matches.", valueName: "regex"))
    var ignore: String?

    @Option(help: ArgumentHelp("Take matching functions out of the stacks.", valueName: "regex"))
    var hide: String?

    @Flag(
        name: .customLong("full-names"),
        help: "Show whole names: modules, types, generic arguments.")
    var fullNames = false

    @Flag(help: "Show code that only passes a call on, such as witnesses and stubs.")
    var thunks = false

    @Option(
        help: ArgumentHelp(
            "Multiply the values, as 0.5 or 1/60: the average of 60 windows is their sum times 1/60.",
            valueName: "factor"))
    var scale: ScaleFactor?

    @Option(
        name: .customLong("input-format"),
        help: ArgumentHelp("Format of the input; default: by content.", valueName: "format"))
    var inputFormat: ProfileFormat?

    @OptionGroup(title: "Naming functions") var symbols: SymbolOptions

    mutating func validate() throws { _ = try filter() }

    /// The filter that the options ask for.
    ///
    /// - Throws: `ValidationError`, a usage error, for a condition without `=` or a bad regular expression.
    func filter() throws -> ProfileFilter {
        var filter = ProfileFilter()
        for condition in conditions {
            guard let equals = condition.firstIndex(of: "="), equals > condition.startIndex else {
                throw ValidationError("--where takes LABEL=VALUE, not '\(condition)'")
            }
            filter.labels.append((String(condition[..<equals]), String(condition[condition.index(after: equals)...])))
        }
        filter.focus = try Self.pattern("focus", focus)
        filter.ignore = try Self.pattern("ignore", ignore)
        filter.hide = try Self.pattern("hide", hide)
        filter.groupBy = groupBy
        filter.scale = scale?.value ?? 1
        return filter
    }

    /// The profile with the names and functions that the options ask for.
    func named(_ profile: Profile) -> Profile {
        let profile = thunks ? profile.showingThunks() : profile
        return fullNames ? profile.withFullNames() : profile
    }

    private static func pattern(_ option: String, _ text: String?) throws -> (@Sendable (String) -> Bool)? {
        guard let text else { return nil }
        do {
            let pattern = try NamePattern(text)
            return { pattern.matches($0) }
        } catch {
            throw ValidationError("--\(option) '\(text)' is no regular expression: \(error)")
        }
    }

    /// The filters as typed, for the message that nothing is left.
    var filterDescription: String {
        let named = [("--focus", focus), ("--ignore", ignore), ("--hide", hide)].compactMap { name, value in
            value.map { "\(name) '\($0)'" }
        }
        return (conditions.map { "--where \($0)" } + named).joined(separator: " ")
    }
}
