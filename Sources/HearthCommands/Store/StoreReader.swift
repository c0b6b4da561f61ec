internal import HearthFiles
internal import HearthProfile
internal import HearthStore
internal import HearthTerminal

/// Reads a store for a command: says what could not be read, and what to do where there is nothing.
struct StoreReader {
    let folder: String
    let clock: TimeReading
    private let store: ProfileStore

    /// - Throws: `CommandFailure` where there is no store in the folder.
    init(folder: String, _ clock: TimeReading) throws(CommandFailure) {
        self.folder = folder
        self.clock = clock
        store = ProfileStore(folder: folder)
        try checkFolder()
    }

    /// The sum of what is selected, with names.
    ///
    /// - Parameters:
    ///   - keptLabels: those that the samples of the result keep; all where nil.
    ///   - keepsBlocks: whether windows become time blocks.
    ///
    /// - Throws: `CommandFailure` where nothing is selected.
    func profile(
        _ selection: StoreSelection, keeping keptLabels: Set<String>?, keepsBlocks: Bool
    ) throws -> (profile: Profile, warnings: StoreWarnings) {
        var warnings = StoreWarnings()
        var selection = selection
        var blockDuration: Int64 = 0
        if keepsBlocks {
            let listing = try windows(selection.query(), &warnings)
            guard let blocks = StoreBlocks(listing) else { throw try nothing(selection, &warnings) }
            blockDuration = blocks.duration
            // Blocks are counted from the first window, not from --from: there is none before that.
            let bounds = selection.bounds ?? .min ..< .max
            if bounds.lowerBound < blocks.start, blocks.start < bounds.upperBound {
                selection.bounds = blocks.start..<bounds.upperBound
            }
        }
        guard
            let profile = try profile(selection.query(keeping: keptLabels), blockDuration: blockDuration, &warnings)
        else { throw try nothing(selection, &warnings) }
        return (profile, warnings)
    }

    func profile(
        _ query: StoreQuery, blockDuration: Int64 = 0, _ warnings: inout StoreWarnings
    ) throws(StoreError) -> Profile? {
        let (profile, notes) = try store.profile(query, blockDuration: blockDuration)
        warnings.say(notes)
        return profile
    }

    func windows(_ query: StoreQuery, _ warnings: inout StoreWarnings) throws(StoreError) -> [StoredWindow] {
        let (windows, notes) = try store.windows(query)
        warnings.say(notes)
        return windows
    }

    // MARK: What is wrong

    private func checkFolder() throws(CommandFailure) {
        let hint = "--store takes the folder that HEARTH_STORE names where the service runs"
        let isFolder: Bool
        let names: [String]
        do throws(FileError) {
            isFolder = try PathStatus(folder).kind == .folder
            names = isFolder ? try namesInFolder(folder) : []
        } catch {
            throw CommandFailure(error.description, hint: error.isMissing ? hint : "check its permissions")
        }
        guard isFolder else { throw CommandFailure("\(folder) is no folder", hint: hint) }
        if names.contains(where: { $0.hasSuffix(".segment") }) { return }
        if names.contains(where: { $0.hasSuffix(".segment.partial") }) {
            throw CommandFailure("\(folder) holds no window yet", hint: "the first is written when it closes")
        }
        let inside = names.sorted().prefix(100).first { name in
            ((try? namesInFolder("\(folder)/\(name)")) ?? []).contains { $0.hasSuffix(".segment") }
        }
        throw CommandFailure(
            "\(folder) is no store: there is no segment in it",
            hint: inside.map { "there is one in \(folder)/\($0)" } ?? hint)
    }

    /// Why a selection has no window.
    ///
    /// - Parameter side: begins the message, such as `--base: `.
    func nothing(
        _ selection: StoreSelection, side: String = "", _ warnings: inout StoreWarnings
    ) throws -> CommandFailure {
        let inTime = try windows(selection.withoutLabels.query(), &warnings)
        guard !inTime.isEmpty else { return try nothingInTime(selection, side, &warnings) }
        let labels = StoreLabels(of: inTime, in: store)
        for condition in selection.labels {
            var alone = selection
            alone.labels = [condition]
            guard try windows(alone.query(), &warnings).isEmpty else { continue }
            return CommandFailure(
                "\(side)no window of \(folder)\(within(selection)) has \(alone.labelText)",
                hint: labels.hint(condition.key))
        }
        return CommandFailure(
            "\(side)no sample of \(folder)\(within(selection)) has \(selection.labelText) together",
            hint: "each of them alone is there")
    }

    private func nothingInTime(
        _ selection: StoreSelection, _ side: String, _ warnings: inout StoreWarnings
    ) throws -> CommandFailure {
        let all = try windows(StoreQuery(), &warnings)
        guard let first = all.map(\.startTime).min(), let last = all.map(\.endTime).max() else {
            return CommandFailure(
                warnings.isEmpty ? "\(folder) holds no window yet" : "no window of \(folder) can be read",
                hint: warnings.isEmpty ? "the first is written when it closes" : nil)
        }
        return CommandFailure(
            "\(side)\(folder) has no window\(within(selection))",
            hint: "it has \(grouped(all.count)) from \(clock.text(first)) to \(clock.text(last))")
    }

    private func within(_ selection: StoreSelection) -> String {
        guard let range = selection.range else { return "" }
        if range.isEmpty { return " in a time that --from and --to leave out" }
        let from = range.lowerBound == .min ? "" : " from \(clock.text(range.lowerBound))"
        return from + (range.upperBound == .max ? "" : " to \(clock.text(range.upperBound))")
    }

    /// Holds the labels that samples are to be grouped by against those that there are.
    func checkLabels(
        _ wanted: [String], in profiles: [Profile], _ selection: StoreSelection
    ) throws {
        let known = Set(profiles.flatMap(\.labels.sets).flatMap(\.keys))
        guard let wrong = wanted.first(where: { !known.contains($0) }) else { return }
        var warnings = StoreWarnings(isSilent: true)
        let labels = StoreLabels(of: try windows(selection.withoutLabels.query(), &warnings), in: store)
        if let value = labels.ofProcesses[wrong]?.min() {
            throw CommandFailure(
                "'\(wrong)' is a label of processes, and samples are grouped by their own", exitCode: 2,
                hint: "choose one by --where \(wrong)=\(value)")
        }
        throw CommandFailure(
            "no sample of \(folder) has a label '\(wrong)'", exitCode: 2, hint: StoreLabels.list(labels.ofSamples.keys))
    }
}

extension StoredWindow {
    /// Nanoseconds since 1970.
    var endTime: Int64 {
        let (end, overflow) = startTime.addingReportingOverflow(max(duration, 0))
        return overflow ? .max : end
    }
}

/// Says on standard error, each once, what could not be read.
struct StoreWarnings {
    private var said: Set<String> = []
    private let isSilent: Bool

    init(isSilent: Bool = false) { self.isSilent = isSilent }

    /// Whether all was read.
    var isEmpty: Bool { said.isEmpty }

    mutating func say(_ notes: StoreNotes) {
        for warning in notes.warnings where said.insert(warning).inserted && !isSilent {
            ProfileInput.warn("warning: \(warning)")
        }
    }
}
