/// What changed from one profile to another, frame by frame, with what of it may be chance.
///
/// ```swift
/// try ProfileDiff(base: before, new: after).write(to: "diff.svg")
/// ```
public struct ProfileDiff: Sendable {
    /// How two profiles of different length are made comparable.
    public enum Normalization: Hashable, Sendable {
        /// Each value as a share of its own profile's total.
        case share
        /// Values as they are: for profiles of the same work.
        case absolute
        /// Each value divided by the work that was done meanwhile: requests, documents, …. Both above 0. The work counts as
        /// exact, so that the noise is that of the samples alone.
        case work(base: Int64, new: Int64)
        /// Each value divided by how long was recorded, in nanoseconds above 0: costs of a second.
        case time(base: Int64, new: Int64)

        /// What the values of each side are divided by: units of work, or seconds. Nil of shares.
        package var divisors: (base: Double, new: Double)? {
            switch self {
            case .share: nil
            case .absolute: (1, 1)
            case .work(let base, let new): (Double(base), Double(new))
            case .time(let base, let new): (Double(base) * 1e-9, Double(new) * 1e-9)
            }
        }
    }

    public let normalization: Normalization
    /// What the two columns measure.
    public let type: ValueType
    /// The sums of the two columns; values under zero are left out of everything here.
    public let baseTotal: Int64
    public let newTotal: Int64
    /// What the noise was measured from.
    public let evidence: DiffEvidence
    /// Side 0 is the base, side 1 the new profile.
    package let tree: CallTree
    /// Known where runs were looked at; else made when asked for.
    private let knownFunctions: FunctionsOfTree?
    let sides: [DiffSide]
    /// Nil where samples are only counted.
    let scatter: DiffScatter?

    /// Merges the stacks of both profiles into one tree, without thunks (``Profile/hidingThunks()``). The noise is measured
    /// from the time blocks of a profile that has ten of them or more.
    ///
    /// - Parameters:
    ///   - base: the profile before the change.
    ///   - new: the profile after it.
    ///   - baseColumn: index in the base's sample types; its default where nil.
    ///   - newColumn: the same for the new profile; where nil, the column that measures what the base's does.
    ///   - normalization: how both are made comparable.
    ///
    /// Throws where the two columns measure different things, or where there is no work to divide by. O(stacks + samples of
    /// both + runs × nodes).
    public init(
        base: Profile, new: Profile, baseColumn: Int? = nil, newColumn: Int? = nil,
        normalization: Normalization = .share
    ) throws(ProfileDiffError) {
        let scaled = Profile.withCommonScales([base, new])
        let (base, new) = (scaled[0], scaled[1])
        let (baseColumn, newColumn) = try Self.columns(base, new, baseColumn, newColumn)
        try self.init(
            base: DiffRuns(blocksOf: base, column: baseColumn), new: DiffRuns(blocksOf: new, column: newColumn),
            normalization: normalization)
    }

    /// The same of several profiles a side, each of a run of its own: how they differ among themselves is the noise. They are
    /// added up, and all of a side have the same sample types.
    ///
    /// Throws also where a side has no profile, or profiles of different types.
    public init(
        base: [Profile], new: [Profile], baseColumn: Int? = nil, newColumn: Int? = nil,
        normalization: Normalization = .share
    ) throws(ProfileDiffError) {
        let scaled = Profile.withCommonScales(base + new)
        let (base, new) = (Array(scaled.prefix(base.count)), Array(scaled.dropFirst(base.count)))
        guard let firstBase = base.first, let firstNew = new.first else { throw .noProfiles }
        for (first, profiles) in [(firstBase, base), (firstNew, new)] {
            if let other = profiles.first(where: { $0.sampleTypes != first.sampleTypes }) {
                throw .typesDiffer(base: first.sampleTypes, new: other.sampleTypes)
            }
        }
        let (baseColumn, newColumn) = try Self.columns(firstBase, firstNew, baseColumn, newColumn)
        if base.count == 1, new.count == 1 {
            try self.init(
                base: firstBase, new: firstNew, baseColumn: baseColumn, newColumn: newColumn,
                normalization: normalization)
        } else {
            // Of runs of different length, the longer count for more.
            var sizes: (base: [Double]?, new: [Double]?)
            if case .time = normalization {
                sizes = (base.map { Double(max($0.duration, 0)) }, new.map { Double(max($0.duration, 0)) })
            }
            try self.init(
                base: DiffRuns(base, column: baseColumn, sizes: sizes.base),
                new: DiffRuns(new, column: newColumn, sizes: sizes.new), normalization: normalization)
        }
    }

    static func columns(
        _ base: Profile, _ new: Profile, _ baseColumn: Int?, _ newColumn: Int?
    ) throws(ProfileDiffError) -> (base: Int, new: Int) {
        let baseColumn = baseColumn ?? base.defaultSampleType
        guard base.sampleTypes.indices.contains(baseColumn) else {
            throw .noSuchColumn(baseColumn, columns: base.sampleTypes.count)
        }
        let type = base.sampleTypes[baseColumn]
        guard let newColumn = newColumn ?? new.sampleTypes.firstIndex(of: type) else {
            throw .typesDiffer(base: [type], new: new.sampleTypes)
        }
        guard new.sampleTypes.indices.contains(newColumn) else {
            throw .noSuchColumn(newColumn, columns: new.sampleTypes.count)
        }
        guard new.sampleTypes[newColumn] == type else {
            throw .typesDiffer(base: [type], new: [new.sampleTypes[newColumn]])
        }
        return (baseColumn, newColumn)
    }

    /// Of sides whose columns measure the same.
    package init(base: DiffRuns, new: DiffRuns, normalization: Normalization) throws(ProfileDiffError) {
        switch normalization {
        case .work(let base, let new) where min(base, new) <= 0: throw .noWork(base: base, new: new)
        case .time(let base, let new) where min(base, new) <= 0: throw .noTime(base: base, new: new)
        default: break
        }
        self.normalization = normalization
        type = base.profiles[0].sampleTypes[base.column]
        let runs = [base.hidingThunks(), new.hidingThunks()]
        var builder = CallTreeBuilder(sides: 2)
        let nodeOfStack = runs.indices.map { side in
            runs[side].profiles.map { builder.add($0, column: runs[side].column, side: side) }
        }
        let tree = builder.finish()
        self.tree = tree
        baseTotal = tree.totals[0][0]
        newTotal = tree.totals[1][0]

        let isScattered = base.count + new.count >= 4
        evidence =
            isScattered
            ? DiffEvidence(kind: base.kind == .counts ? new.kind : base.kind, base: base.count, new: new.count)
            : .counts
        let sizes = runs.indices.map { Self.sizes(runs[$0], side: $0, normalization) }
        let sides = runs.indices.map { DiffSide(runs[$0], total: tree.totals[$0][0], sizes: sizes[$0]) }
        self.sides = sides
        if isScattered {
            let functions = FunctionsOfTree(tree)
            var scatter = DiffScatter(tree)
            for side in runs.indices {
                scatter.add(
                    runs[side], nodeOfStack: nodeOfStack[side], weight: sides[side].weight, sizes: sizes[side],
                    in: tree, functions)
            }
            self.scatter = scatter
            knownFunctions = functions
        } else {
            scatter = nil
            knownFunctions = nil
        }
    }

    /// What the values of each run are measured by, in one unit for both sides: samples of the run, units of work, or the part
    /// of all that was recorded.
    private static func sizes(_ runs: DiffRuns, side: Int, _ normalization: Normalization) -> [Double] {
        guard let divisors = normalization.divisors else {
            let totals = runs.totals()
            let weight = DiffSide(runs, total: totals.reduce(0, saturatingSum), sizes: []).weight
            return totals.map { Double($0) / weight }
        }
        let total = side == 0 ? divisors.base : divisors.new
        let sum = runs.sizes.reduce(0, +)
        return runs.sizes.map { sum > 0 ? $0 / sum * total : 0 }
    }

    /// The frames of the tree, judged together. O(nodes).
    package func nodeFamily() -> DiffFamily { family(tree.totals, scatter?.nodes) }

    /// The change of what goes through a node.
    package func change(ofNode node: Int, in family: DiffFamily) -> DiffChange {
        family.change(base: tree.totals[0][node], new: tree.totals[1][node], scatter: scatter?.nodes[node])
    }

    /// How many frames of the tree count as changed. O(nodes).
    package var changedNodes: Int {
        let family = nodeFamily()
        return (0..<tree.count).count { change(ofNode: $0, in: family).verdict != .noise }
    }

    /// The change of each function's total, over the functions of the tree; nil where a side has none of it. O(nodes).
    package func changesOfFunctions() -> [DiffChange?] {
        let functions = functions
        let totals = tree.totals.map { functions.totals($0) }
        let family = family(totals, scatter?.functionTotal)
        return tree.functions.indices.map { index in
            let (base, new) = (totals[0][index], totals[1][index])
            guard base > 0, new > 0 else { return nil }
            return family.change(base: base, new: new, scatter: scatter?.functionTotal[index])
        }
    }

    var functions: FunctionsOfTree { knownFunctions ?? FunctionsOfTree(tree) }

    private func family(_ values: [[Int64]], _ scatter: [Double]?) -> DiffFamily {
        let model = DiffModel(
            base: sides[0], new: sides[1], measure: .init(normalization), values: values, scatter: scatter)
        return DiffFamily(model, values: values, scatter: scatter)
    }

    /// Every function with its self and total change, the largest change of self first (by the end of the interval
    /// nearest zero, then by the difference, then by name). Self values are judged together, and so are totals.
    /// O(nodes + functions × log functions).
    public func rows() -> [DiffRow] {
        let functions = functions
        let own = tree.selfValues.map { functions.selfValues($0) }
        let totals = tree.totals.map { functions.totals($0) }
        let selfFamily = family(own, scatter?.functionSelf)
        let totalFamily = family(totals, scatter?.functionTotal)
        let present = tree.functions.indices.filter { totals[0][$0] > 0 || totals[1][$0] > 0 }
        return present.map { index in
            let function = tree.functions[index]
            return DiffRow(
                name: function.name, fullName: function.fullName, image: function.image,
                base: .init(selfValue: own[0][index], totalValue: totals[0][index]),
                new: .init(selfValue: own[1][index], totalValue: totals[1][index]),
                selfChange: selfFamily.change(
                    base: own[0][index], new: own[1][index], scatter: scatter?.functionSelf[index]),
                totalChange: totalFamily.change(
                    base: totals[0][index], new: totals[1][index], scatter: scatter?.functionTotal[index]))
        }
        .sorted { $0.precedes($1) }
    }

    /// Calls `body` for every stack that some sample ends in, root first, with its value on both sides: the lines of a
    /// collapsed file with two columns. In the order of callers by first appearance. O(sum of depths).
    public func forEachStack<Failure>(
        _ body: (_ stack: [String], _ base: Int64, _ new: Int64) throws(Failure) -> Void
    ) throws(Failure) {
        for node in 0..<tree.count {
            let (before, after) = (tree.selfValues[0][node], tree.selfValues[1][node])
            if before != 0 || after != 0 { try body(tree.path(to: node), before, after) }
        }
    }
}

/// Why two profiles cannot be compared.
public enum ProfileDiffError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A side of several profiles has none.
    case noProfiles
    case typesDiffer(base: [ValueType], new: [ValueType])
    case noSuchColumn(Int, columns: Int)
    /// Values are to be divided by the work done, and one side has done none.
    case noWork(base: Int64, new: Int64)
    /// Nanoseconds.
    case noTime(base: Int64, new: Int64)

    public var description: String {
        switch self {
        case .noProfiles:
            "no profile to compare"
        case .typesDiffer(let base, let new):
            "sample types differ: base has \(Self.list(base)), new has \(Self.list(new))"
        case .noSuchColumn(let column, let columns):
            "no sample type \(column) in a profile of \(columns)"
        case .noTime(let base, let new):
            "no time to divide by: base lasted \(base) ns, new \(new)"
        case .noWork(let base, let new):
            "no work to divide by: base did \(base) units, new \(new)"
        }
    }

    private static func list(_ types: [ValueType]) -> String {
        types.map { "\($0.type)/\($0.unit)" }.joined(separator: ", ")
    }
}
