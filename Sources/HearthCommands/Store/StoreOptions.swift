internal import ArgumentParser
internal import HearthProfile
internal import HearthTerminal

/// A store in the place of files, and which time of it.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: ArgumentHelp(
            "Folder of profile windows, as HEARTH_STORE names it, in the place of files.", valueName: "folder"))
    var folder: String?

    @Option(
        help: ArgumentHelp(
            """
            Windows of the store from then on: 2026-03-01T10:00 (local time, or with a zone as +01:00 or Z), 10:00 or \
            10:00:30 of today, -15m before now (s, m, h, d, w).
            """, valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Windows of the store until then, as --from.", valueName: "time"))
    var to: String?

    mutating func validate() throws {
        guard folder != nil || from == nil && to == nil else {
            throw ValidationError("--from and --to choose windows of a store: say which by --store")
        }
        _ = try bounds(TimeReading())
    }

    /// The files or the store, of which there must be one.
    func source(files: [String], _ options: ProfileOptions) throws -> ProfileSource {
        try check(files)
        guard let folder else { return .files(files) }
        let clock = TimeReading()
        let conditions = try options.filter().labels
        return .store(
            try StoreReader(folder: folder, clock), StoreSelection(bounds: try bounds(clock), labels: conditions))
    }

    /// - Throws: `ValidationError`, a usage error, unless there is either a file or a store.
    func check(_ files: [String]) throws {
        if folder == nil, files.isEmpty {
            throw ValidationError("Missing expected argument '<profile> ...', or --store <folder>")
        }
        if folder != nil, let file = files.first {
            throw ValidationError("--store stands in the place of files: leave out '\(file)', or --store")
        }
    }

    /// What --from and --to ask for; nil for all.
    func bounds(_ clock: TimeReading) throws -> Range<Int64>? {
        let lower = try time(from, "--from", clock)
        let upper = try time(to, "--to", clock)
        if lower == nil, upper == nil { return nil }
        guard (lower ?? .min) < (upper ?? .max) else {
            throw ValidationError("--from \(from ?? "") is not before --to \(to ?? "")")
        }
        return (lower ?? .min)..<(upper ?? .max)
    }

    private func time(_ text: String?, _ option: String, _ clock: TimeReading) throws -> Int64? {
        guard let text else { return nil }
        guard let time = clock.time(text) else {
            throw ValidationError("\(option) takes a time, as \(TimeReading.forms), not '\(text)'")
        }
        return time
    }
}

/// Where the profile of a command comes from.
enum ProfileSource {
    case files([String])
    case store(StoreReader, StoreSelection)

    /// In messages.
    var name: String {
        switch self {
        case .files(let paths): ProfileInput.name(paths)
        case .store(let reader, _): reader.folder
        }
    }

    /// What is asked of the profile once it is read, if that is not what the options ask for: a store has chosen by labels
    /// already, those of processes too, which no sample bears.
    func filter(_ options: ProfileOptions) throws -> ProfileFilter? {
        guard case .store = self else { return nil }
        var filter = try options.filter()
        filter.labels = []
        return filter
    }
}
