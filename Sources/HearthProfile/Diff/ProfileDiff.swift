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
    }

    public let normalization: Normalization
    /// What the two columns measure.
    public let type: ValueType
    /// The sums of the two columns; values under zero are left out of everything here.
    public let baseTotal: Int64
    public let newTotal: Int64
    /// Side 0 is the base, side 1 the new profile.
    package let tree: CallTree
    private let base: DiffSide
    private let new: DiffSide
    private let functions: [DiffRow]

    /// Merges the stacks of both profiles into one tree, without thunks (``Profile/hidingThunks()``).
    ///
    /// - Parameters:
    ///   - base: the profile before the change.
    ///   - new: the profile after it.
    ///   - baseColumn: index in the base's sample types; its default where nil.
    ///   - newColumn: the same for the new profile; where nil, the column that measures what the base's does.
    ///   - normalization: how both are made comparable.
    ///
    /// Throws where the two columns measure different things, or where there is no work to divide by. O(stacks + samples of
    /// both).
    public init(
        base: Profile, new: Profile, baseColumn: Int? = nil, newColumn: Int? = nil,
        normalization: Normalization = .share
    ) throws(ProfileDiffError) {
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
        if case .work(let base, let new) = normalization, min(base, new) <= 0 {
            throw .noWork(base: base, new: new)
        }
        self.normalization = normalization
        self.type = type
        let (base, new) = (base.hidingThunks(), new.hidingThunks())
        tree = CallTree([(base, baseColumn), (new, newColumn)])
        baseTotal = tree.totals[0][0]
        newTotal = tree.totals[1][0]
        self.base = DiffSide(base, column: baseColumn, total: tree.totals[0][0])
        self.new = DiffSide(new, column: newColumn, total: tree.totals[1][0])
        functions = DiffRow.join(base, baseColumn, new, newColumn)
    }

    /// The change of one value, such as a frame's: in shares of the total, 0…1, in the columns' own unit, or in that for each
    /// unit of work. O(1).
    public func change(base baseValue: Int64, new newValue: Int64) -> DiffChange {
        let before: DiffEstimate
        let after: DiffEstimate
        switch normalization {
        case .share:
            before = base.share(baseValue)
            after = new.share(newValue)
        case .absolute:
            before = base.amount(baseValue)
            after = new.amount(newValue)
        case .work(let baseUnits, let newUnits):
            before = base.amount(baseValue).divided(by: Double(baseUnits))
            after = new.amount(newValue).divided(by: Double(newUnits))
        }
        return DiffChange(from: before, baseValue: baseValue, to: after, newValue: newValue)
    }

    /// Every function with its self and total change, the largest change of self first (by the end of the interval
    /// nearest zero, then by the difference, then by name). O(functions × log functions).
    public func rows() -> [DiffRow] {
        functions.map { row in
            var row = row
            row.selfChange = change(base: row.base.selfValue, new: row.new.selfValue)
            row.totalChange = change(base: row.base.totalValue, new: row.new.totalValue)
            return row
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
    case typesDiffer(base: [ValueType], new: [ValueType])
    case noSuchColumn(Int, columns: Int)
    /// Values are to be divided by the work done, and one side has done none.
    case noWork(base: Int64, new: Int64)

    public var description: String {
        switch self {
        case .typesDiffer(let base, let new):
            "sample types differ: base has \(Self.list(base)), new has \(Self.list(new))"
        case .noSuchColumn(let column, let columns):
            "no sample type \(column) in a profile of \(columns)"
        case .noWork(let base, let new):
            "no work to divide by: base did \(base) units, new \(new)"
        }
    }

    private static func list(_ types: [ValueType]) -> String {
        types.map { "\($0.type)/\($0.unit)" }.joined(separator: ", ")
    }
}
