internal import HearthFlameGraph
internal import HearthProfile
internal import HearthStore
internal import HearthTerminal

/// Two parts of a store, read to be compared.
struct StoreComparison {
    let base: ProfileInput
    let new: ProfileInput
    let normalization: ProfileDiff.Normalization
    /// What was read, window by window, or neighbours together.
    let runs: (base: DiffRuns, new: DiffRuns)

    private let sides: (base: StoreSide, new: StoreSide)
    /// Why it is not by work, where nobody asked for anything else.
    private let reason: String?

    /// - Throws: `CommandFailure` where a side is empty, both have samples in common, or there is no work to divide by.
    init(
        _ reader: StoreReader, base: StoreSelection, new: StoreSelection, _ asked: NormalizationOption?,
        _ options: ProfileOptions
    ) throws {
        var warnings = StoreWarnings()
        sides.base = try StoreSide(name: "base", base, reader, &warnings)
        sides.new = try StoreSide(name: "new", new, reader, &warnings)
        try Self.checkOverlap(sides.base, sides.new, reader, &warnings)

        let obstacle = [sides.base, sides.new].lazy.compactMap(\.obstacle).first
        if asked == .work, let obstacle {
            throw CommandFailure("--normalize work: \(obstacle.text)", hint: obstacle.hint)
        }
        let usual = [sides.base, sides.new].allSatisfy(\.mostlyCountsWork)
        let countsWork = asked == .work || asked == nil && obstacle == nil && usual
        if countsWork {
            normalization = .work(base: sides.base.workUnits, new: sides.new.workUnits)
            reason = nil
        } else {
            switch asked {
            case .absolute: normalization = .absolute
            case .time: normalization = .time(base: sides.base.duration, new: sides.new.duration)
            case .share, .work, nil: normalization = .share
            }
            reason = asked == nil ? obstacle?.text ?? "most windows count no work" : nil
        }

        let labels = Set(options.groupBy)
        let parts = try [sides.base, sides.new].map { side in
            var query = side.query(keeping: labels, countsWork: countsWork)
            let blocks = side.blocks(countsWork: countsWork)
            // Blocks are counted from the first window: a range may begin long before it.
            if let blocks {
                let range = query.range ?? .min ..< .max
                query.range = max(range.lowerBound, blocks.start)..<max(range.upperBound, blocks.start)
            }
            guard let profile = try reader.profile(query, blockDuration: blocks?.duration ?? 0, &warnings) else {
                throw CommandFailure(
                    "--\(side.name): no samples in the windows that count work", hint: "give --normalize share")
            }
            return profile
        }
        try reader.checkLabels(options.groupBy, in: parts, StoreSelection(bounds: base.bounds))
        var filter = try options.filter()
        filter.labels = []
        let named = try zip(["base", "new"], parts).map { name, profile in
            try ProfileInput.named(profile, options, name: "\(name) of \(reader.folder)")
        }
        self.base = try ProfileInput.side(named[0], named: "base", options, filter, against: nil)
        self.new = try ProfileInput.side(named[1], named: "new", options, filter, against: self.base)
        runs.base = sides.base.runs(self.base, countsWork: countsWork)
        runs.new = sides.new.runs(self.new, countsWork: countsWork)
        if countsWork {
            for side in [sides.base, sides.new] { warn(of: side) }
            if !warnings.isEmpty {
                ProfileInput.warn("warning: work is counted also of windows whose samples could not be read")
            }
        }
    }

    private func warn(of side: StoreSide) {
        let missing = side.windows.count - side.workingWindows
        guard missing > 0 else { return }
        let all = grouped(side.windows.count)
        ProfileInput.warn("warning: \(side.name): \(grouped(missing)) of \(all) windows count no work and are left out")
    }

    /// The same samples on both sides would show no difference, whatever there is.
    private static func checkOverlap(
        _ base: StoreSide, _ new: StoreSide, _ reader: StoreReader, _ warnings: inout StoreWarnings
    ) throws {
        let places = new.places
        let shared = base.windows.filter { places.contains(StoreSide.Place(run: $0.run, sequence: $0.sequence)) }
        guard !shared.isEmpty else { return }
        // In one window, samples of two nodes are two things.
        var both = base.selection
        both.labels += new.selection.labels
        let sharedPlaces = Set(shared.map { StoreSide.Place(run: $0.run, sequence: $0.sequence) })
        let query = both.query { sharedPlaces.contains(StoreSide.Place(run: $0.run, sequence: $0.sequence)) }
        let windows = try reader.windows(query, &warnings)
        guard let first = windows.map(\.startTime).min() else { return }
        let count = windows.count == 1 ? "1 window is" : "\(grouped(windows.count)) windows are"
        throw CommandFailure(
            "\(count) on both sides, the first from \(reader.clock.text(first))", exitCode: 2,
            hint: "give --base and --new times or labels that exclude each other")
    }

    // MARK: What was compared

    /// One line: how much stands on each side, and what it costs.
    func summary(_ diff: ProfileDiff) -> String {
        let how =
            switch normalization {
            case .share: "share of the total"
            case .absolute: "value as it is"
            case .work: "cost of a unit of work"
            case .time: "cost of a second"
            }
        let why = reason.map { " (\($0))" } ?? ""
        return
            "compared by \(how)\(why): \(text(sides.base, base, diff.baseTotal)); \(text(sides.new, new, diff.newTotal))"
    }

    private func text(_ side: StoreSide, _ input: ProfileInput, _ total: Int64) -> String {
        var parts: [String] = []
        let windows: Int
        if case .work = normalization { windows = side.workingWindows } else { windows = side.windows.count }
        parts.append(windows == 1 ? "1 window" : "\(grouped(windows)) windows")
        let quantity = Quantity(unit: input.type.unit)
        if let column = input.profile.sampleTypes.firstIndex(of: .samples), column != input.column {
            parts.append(Quantity(unit: ValueType.samples.unit).text(input.profile.total(column: column)))
        }
        let unit = input.type.plainUnit == "count" ? "" : " of \(input.type.type)"
        parts.append(quantity.text(total) + unit)
        if side.workingWindows > 0 {
            let units = side.workUnits
            parts.append("\(grouped(Int(units))) units of work")
            if case .work = normalization {
                parts.append("\(quantity.quotientText(Double(total) / Double(units)))\(unit) each")
            }
        }
        return "\(side.name) \(parts.joined(separator: ", "))"
    }
}

extension StoreSide {
    /// Why values cannot be divided by this side's work; nil where they can.
    fileprivate var obstacle: (text: String, hint: String)? {
        if workingWindows == 0 {
            return ("\(name) counts no work", "a service counts it by profiler.work.increment()")
        }
        return workUnits > 0 ? nil : ("\(name) has done no work", "choose a time in which it had some")
    }

    /// Whether what is left out, if only windows that count work are compared, is the smaller part.
    fileprivate var mostlyCountsWork: Bool { workingWindows * 2 > windows.count }
}
