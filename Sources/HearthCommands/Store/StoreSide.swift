internal import ArgumentParser
internal import HearthProfile
internal import HearthStore

/// One side of a comparison within a store: the windows of the processes that have samples of it, and the work done in them.
struct StoreSide {
    /// `base` or `new`.
    let name: String
    let selection: StoreSelection
    let windows: [StoredWindow]

    /// A window's identity.
    struct Place: Hashable {
        var run: UInt64
        var sequence: UInt64
    }

    var places: Set<Place> { Set(windows.map { Place(run: $0.run, sequence: $0.sequence) }) }

    /// Windows in which the process counted its work.
    var workingWindows: Int { windows.count { $0.workUnits != nil } }

    /// Nanoseconds of all windows: of each process its own.
    var duration: Int64 { windows.reduce(0) { saturatingSum($0, max($1.duration, 0)) } }

    /// Units of work of all windows; what is more than 64 bits hold stays at that.
    var workUnits: Int64 {
        windows.reduce(0) { sum, window in
            let (more, overflow) = sum.addingReportingOverflow(max(window.workUnits ?? 0, 0))
            return overflow ? .max : more
        }
    }

    /// - Throws: `CommandFailure` where nothing is selected.
    init(
        name: String, _ selection: StoreSelection, _ reader: StoreReader, _ warnings: inout StoreWarnings
    ) throws {
        self.name = name
        self.selection = selection
        let matching = try reader.windows(selection.query(), &warnings)
        guard !matching.isEmpty else {
            throw try reader.nothing(selection, side: "--\(name): ", &warnings)
        }
        let isByProcess = matching.allSatisfy { window in
            selection.labels.allSatisfy { window.process.labels[$0.key] == $0.value }
        }
        if isByProcess {
            windows = matching
        } else {
            // In a window in which a node was never sampled the process has worked all the same.
            let runs = Set(matching.map(\.run))
            windows = try reader.windows(
                selection.withoutLabels.query { runs.contains($0.run) }, &warnings)
        }
    }

    /// What is selected of these windows, and of none that have been appended since.
    ///
    /// - Parameter countsWork: only of those in which the work was counted.
    func query(keeping labels: Set<String>, countsWork: Bool) -> StoreQuery {
        var last: [UInt64: UInt64] = [:]
        for window in windows { last[window.run] = max(last[window.run] ?? 0, window.sequence) }
        return selection.query(keeping: labels) { [last] window in
            guard let end = last[window.run], window.sequence <= end else { return false }
            return !countsWork || window.workUnits != nil
        }
    }

    // MARK: Runs

    private func compared(countsWork: Bool) -> [StoredWindow] {
        countsWork ? windows.filter { $0.workUnits != nil } : windows
    }

    /// How windows become time blocks; nil where there are none.
    ///
    /// - Parameter countsWork: whether those are left out in which no work was counted.
    func blocks(countsWork: Bool) -> StoreBlocks? { StoreBlocks(compared(countsWork: countsWork)) }

    /// What was read of this side, with its time blocks as runs: each with the work that was done in it, or with the time that
    /// its windows lasted.
    func runs(_ input: ProfileInput, countsWork: Bool) -> DiffRuns {
        let (start, length) = (input.profile.startTime, input.profile.blockDuration)
        var sizes: [UInt32: Double] = [:]
        for window in compared(countsWork: countsWork) where length > 0 && window.startTime >= start {
            let block = UInt32(clamping: (window.startTime - start) / length)
            sizes[block, default: 0] += Double(countsWork ? max(window.workUnits ?? 0, 0) : max(window.duration, 1))
        }
        return DiffRuns(windowsOf: input.profile, column: input.column, sizes: sizes)
    }

    // MARK: Reading conditions

    /// The selection that `--base` or `--new` asks for, within the bounds and conditions that hold for both sides.
    ///
    /// - Throws: `ValidationError`, a usage error, for what is no condition.
    static func selection(
        _ name: String, _ conditions: [String], _ bounds: Range<Int64>?, _ common: [(key: String, value: String)],
        _ clock: TimeReading
    ) throws -> StoreSelection {
        var selection = StoreSelection(bounds: bounds, labels: common)
        for condition in conditions {
            if let equals = condition.firstIndex(of: "="), equals > condition.startIndex {
                let key = String(condition[..<equals])
                let value = String(condition[condition.index(after: equals)...])
                if let other = selection.labels.first(where: { $0.key == key && $0.value != value }) {
                    throw ValidationError(
                        "--\(name) asks for \(key)=\(other.value) and \(condition), which nothing has both")
                }
                selection.labels.append((key, value))
            } else if let range = clock.range(condition) {
                selection.stretches.append(range)
            } else {
                let forms = "LABEL=VALUE or FROM..TO, such as version=1.4, 10:00..10:10 or -2h..-1h"
                throw ValidationError(
                    "with --store, --\(name) takes \(forms), not '\(TimeReading.typed(condition))'")
            }
        }
        return selection
    }
}
