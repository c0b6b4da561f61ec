/// Whether a change made a program slower, by several runs before it and after: the answer of a gate in continuous integration.
///
/// ```swift
/// let gate = try ProfileGate(base: before, new: after)
/// if case .regressed = gate.verdict { … }
/// ```
///
/// It fails where the total of a run grew, or the self value of a function, by more than the margin and surely. Runs are of the
/// same work. Functions are compared in runs of equal length: what slows all functions alike, such as another machine, is the
/// total's to find.
public struct ProfileGate: Sendable {
    public enum Verdict: Hashable, Sendable {
        case passed
        case regressed
        /// Nothing was found, but the smallest change could hide in the noise, or a run has no samples: so many runs a side would
        /// do, nil where none seem to.
        case undecided(runsNeeded: Int?)
    }

    /// A function whose self value grew.
    public struct Finding: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable {
            case grew
            /// What calls it grew by less: the cost came from a function beside it.
            case moved
        }

        public var kind: Kind
        public var function: String
        public var fullName: String
        /// Shares of the base's total.
        public var base: Double
        public var new: Double
        /// Of the growth, as a share of the base's total, as sure as the verdict is.
        public var interval: ClosedRange<Double>
        public var presence: DiffChange.Presence

        public var growth: Double { new - base }
    }

    /// Runs with which a noise can be measured at all.
    public static let fewestRuns = 3

    public let rule: GateRule
    public let verdict: Verdict
    public let total: TotalChange
    /// Whether the total alone makes the gate fail.
    public let totalGrew: Bool
    /// The largest growth first.
    public let findings: [Finding]
    /// The smallest growth inside one function that these runs show four times in five, as a share of the base's total; nil
    /// with too few runs.
    public let detectable: Double?
    public let type: ValueType
    public let runs: (base: Int, new: Int)

    /// - Parameters:
    ///   - base: runs before the change, of the same sample types.
    ///   - new: runs after it.
    ///   - baseColumn: index in the base's sample types; its default where nil.
    ///   - newColumn: the same for the new runs; where nil, the column that measures what the base's does.
    ///   - rule: what is let through.
    ///
    /// Throws ``ProfileDiffError``, as a comparison does. O(stacks + samples + runs × nodes).
    public init(
        base: [Profile], new: [Profile], baseColumn: Int? = nil, newColumn: Int? = nil, rule: GateRule = GateRule()
    ) throws(ProfileDiffError) {
        let scaled = Profile.withCommonScales(base + new)
        let (base, new) = (Array(scaled.prefix(base.count)), Array(scaled.dropFirst(base.count)))
        guard let firstBase = base.first, let firstNew = new.first else { throw .noProfiles }
        let columns = try ProfileDiff.columns(firstBase, firstNew, baseColumn, newColumn)
        let diff = try Self.comparison(base, new, columns)
        self.rule = rule
        type = diff.type
        runs = (base.count, new.count)
        let totals = [(base, columns.base), (new, columns.new)].map { profiles, column in
            profiles.map { Double(DiffRuns([$0], column: column).total) }
        }
        total = TotalChange(base: totals[0], new: totals[1], rule: rule)
        guard min(base.count, new.count) >= Self.fewestRuns, !totals.joined().contains(0) else {
            totalGrew = false
            findings = []
            detectable = nil
            verdict = .undecided(runsNeeded: Self.fewestRuns)
            return
        }
        totalGrew = total.chance < rule.totalRate
        let functions = GateFunctions(diff, rule)
        var findings = functions.findings()
        if total.interval.upperBound < 1, !findings.isEmpty {
            // All of it became faster: beside the rest a function that stayed as it was looks slower.
            let plain = try GateFunctions(Self.unscaled(base, new, columns), rule)
            let grown = Set(plain.findings().map(\.function))
            findings.removeAll { !grown.contains($0.function) }
        }
        self.findings = findings
        let detectable = functions.detectable(runs: nil)
        self.detectable = detectable
        let isSeen = detectable <= rule.smallestChange
        let isTotalSeen = total.detectable.map { $0 <= rule.smallestTotalChange } ?? false
        if totalGrew || findings.contains(where: { $0.kind == .grew }) {
            verdict = .regressed
        } else if isSeen && isTotalSeen {
            verdict = .passed
        } else {
            let fewer = min(base.count, new.count)
            let needed = [
                isSeen ? fewer : functions.runsNeeded(),
                isTotalSeen ? fewer : total.runsNeeded(for: rule.smallestTotalChange, of: fewer),
            ]
            verdict = .undecided(runsNeeded: needed.contains(nil) ? nil : needed.compactMap(\.self).max())
        }
    }

    /// The runs as they are, each of them as long as any other.
    private static func unscaled(
        _ base: [Profile], _ new: [Profile], _ columns: (base: Int, new: Int)
    ) throws(ProfileDiffError) -> ProfileDiff {
        try ProfileDiff(
            base: DiffRuns(base, column: columns.base), new: DiffRuns(new, column: columns.new),
            normalization: .work(base: Int64(base.count), new: Int64(new.count)))
    }

    /// The runs brought to equal length by what most functions say.
    private static func comparison(
        _ base: [Profile], _ new: [Profile], _ columns: (base: Int, new: Int)
    ) throws(ProfileDiffError) -> ProfileDiff {
        var names: [String: Int] = [:]
        var values: [[Int: Double]] = []
        for (profiles, column) in [(base, columns.base), (new, columns.new)] {
            let weight = DiffSide(DiffRuns(profiles, column: column), sizes: []).weight
            for profile in profiles {
                var own: [Int: Double] = [:]
                for row in FunctionTotals(profile, column: column).rows where row.selfValue > 0 {
                    let index = names[row.name] ?? names.count
                    names[row.name] = index
                    own[index] = Double(row.selfValue) / weight
                }
                values.append(own)
            }
        }
        let runs = values.map { own in (0..<names.count).map { own[$0] ?? 0 } }
        let factors = SizeFactors.of(runs)
        let (first, second) = (Array(factors.prefix(base.count)), Array(factors.dropFirst(base.count)))
        // Units are parts of a run of usual length; so fine that rounding does not count.
        func units(_ factors: [Double]) -> Int64 { Int64((factors.reduce(0, +) * Self.unitsOfRun).rounded()) }
        return try ProfileDiff(
            base: DiffRuns(base, column: columns.base, sizes: first),
            new: DiffRuns(new, column: columns.new, sizes: second),
            normalization: .work(base: max(units(first), 1), new: max(units(second), 1)))
    }

    static let unitsOfRun = 1e6
}
