/// Profiles of one job on inputs of several sizes: which functions cost ever more of it as the input grows.
///
/// ```swift
/// let scaling = try ProfileScaling([(1_000, small), (2_000, middle), (4_000, large)])
/// for row in scaling.rows() where row.isSteep { print(row.name, row.total.exponent) }
/// ```
public struct ProfileScaling: Sendable {
    /// A size of the input and what was spent on it.
    public struct Size: Hashable, Sendable {
        public let size: Int64
        public let runs: Int
        /// Of all its runs.
        public let total: Int64
        /// Samples behind the total.
        public let samples: Int64
    }

    /// What grows faster than this power of the size, surely, is steep.
    public static let steep = 1.3
    /// Below this share of the largest size nothing is called steep: there are too few samples, and too many candidates.
    public static let leastShare = 0.01

    public let type: ValueType
    /// Ascending.
    public let sizes: [Size]
    /// A side a run.
    package let tree: CallTree
    /// By run: which size it is of.
    private let sizeOfRun: [Int]
    /// By run: what one sample stands for.
    private let weights: [Double]
    private let model: GrowthModel
    private let functions: FunctionsOfTree

    /// - Parameters:
    ///   - runs: the size of the input, in any unit, and the profile of a run on it; several runs of a size say how runs scatter.
    ///   - column: index in the first profile's sample types; its default where nil.
    ///
    /// Throws where there are not two sizes, one is not above 0, a profile is empty, or they measure different things.
    /// O(stacks + samples + runs × nodes).
    public init(_ runs: [(size: Int64, profile: Profile)], column: Int? = nil) throws(ProfileScalingError) {
        guard let first = runs.first?.profile else { throw .tooFewSizes(0) }
        if let bad = runs.first(where: { $0.size <= 0 }) { throw .badSize(bad.size) }
        let sizes = Set(runs.map(\.size)).sorted()
        guard sizes.count > 1 else { throw .tooFewSizes(sizes.count) }
        let type = first.sampleTypes[column ?? first.defaultSampleType]
        let profiles = Profile.withCommonScales(runs.map(\.profile)).map { $0.hidingThunks() }
        var sides: [(profile: Profile, column: Int)] = []
        for (index, profile) in profiles.enumerated() {
            guard let own = profile.sampleTypes.firstIndex(where: { $0.type == type.type }) else {
                throw .typesDiffer(size: runs[index].size, type: type)
            }
            guard profile.total(column: own) > 0 else { throw .empty(size: runs[index].size) }
            sides.append((profile, own))
        }
        self.type = profiles[0].sampleTypes[sides[0].column]
        let tree = CallTree(sides)
        self.tree = tree
        let weights = sides.map { DiffSide(DiffRuns([$0.profile], column: $0.column), sizes: [1]).weight }
        self.weights = weights
        let sizeOfRun = runs.map { run in sizes.firstIndex(of: run.size) ?? 0 }
        self.sizeOfRun = sizeOfRun
        self.sizes = sizes.indices.map { size in
            let own = sizeOfRun.indices.filter { sizeOfRun[$0] == size }
            var (total, samples) = (Int64(0), 0.0)
            for run in own {
                total = saturatingSum(total, tree.totals[run][0])
                samples += Double(tree.totals[run][0]) / weights[run]
            }
            return Size(
                size: sizes[size], runs: own.count, total: total, samples: Int64(min(samples.rounded(), 1e18)))
        }
        functions = FunctionsOfTree(tree)
        // As many as can be called steep: those wide enough at the largest size.
        let largest = Self.sum(tree.totals, sizeOfRun.indices.filter { sizeOfRun[$0] == sizes.count - 1 })
        let least = Double(largest[0]) * Self.leastShare
        model = GrowthModel(
            sizes: sizes.map { Double($0) }, sizeOfRun: sizeOfRun,
            family: largest.count { Double($0) >= least && $0 > 0 })
        largestTotals = largest
    }

    /// By node, of all runs of the largest size.
    package let largestTotals: [Int64]

    /// What ends in each node, of all runs of the largest size.
    package var largestSelfValues: [Int64] {
        Self.sum(tree.selfValues, sizeOfRun.indices.filter { sizeOfRun[$0] == sizes.count - 1 })
    }

    private static func sum(_ sides: [[Int64]], _ runs: [Int]) -> [Int64] {
        var sums = Array(repeating: Int64(0), count: sides.first?.count ?? 0)
        for run in runs {
            for (index, value) in sides[run].enumerated() { sums[index] = saturatingSum(sums[index], value) }
        }
        return sums
    }

    /// How the whole grows.
    public var total: Growth? { growth(ofNode: 0) }

    /// How what goes through a node grows; nil where it has no samples. O(runs).
    package func growth(ofNode node: Int) -> Growth? { growth { tree.totals[$0][node] } }

    private func growth(_ value: (_ run: Int) -> Int64) -> Growth? {
        model.growth(weights.indices.map { Double(value($0)) / weights[$0] })
    }

    /// Whether a cost grows steeply, surely, and is notable.
    package func isSteep(_ growth: Growth?, largest: Int64) -> Bool {
        guard let growth, Double(largest) >= Double(largestTotals[0]) * Self.leastShare else { return false }
        return growth.certainLower > Self.steep
    }

    /// What a function costs at the largest size, and how that grows.
    public struct Row: Hashable, Sendable {
        public enum Kind: Hashable, Sendable { case function, label }

        public let name: String
        public let fullName: String
        public let kind: Kind
        /// By size: the value of a run, all that the function calls included; the mean where there are several runs.
        public let totals: [Double]
        /// Of the largest size's total, 0 to 1.
        public let share: Double
        public let selfShare: Double
        public let total: Growth
        /// Of what the function spends itself; nil where it has no samples.
        public let own: Growth?
        /// Whether the total or the own part surely grows faster than n^``ProfileScaling/steep``, and has a share worth a word.
        public let isSteep: Bool
    }

    /// Every function of the largest size, and every label by which stacks are grouped: steep ones first, then by share.
    /// O(runs × nodes + functions × log functions).
    public func rows() -> [Row] {
        let runs = weights.indices
        let totals = runs.map { functions.totals(tree.totals[$0]) }
        let selves = runs.map { functions.selfValues(tree.selfValues[$0]) }
        let all = Double(largestTotals[0])
        let largest = runs.filter { sizeOfRun[$0] == sizes.count - 1 }
        var rows: [Row] = []
        for (index, function) in tree.functions.enumerated() {
            let isFunction = function.kind == .function || function.kind == .inlined
            let value = isFunction ? { totals[$0][index] } : labelValue(index)
            let own = isFunction ? { selves[$0][index] } : { (_: Int) in Int64(0) }
            let (total, selfTotal) = largest.reduce((Int64(0), Int64(0))) {
                (saturatingSum($0.0, value($1)), saturatingSum($0.1, own($1)))
            }
            guard total > 0, function.kind != .marker, let growth = growth(value) else { continue }
            let ownGrowth = self.growth(own)
            rows.append(
                Row(
                    name: function.name, fullName: function.fullName, kind: isFunction ? .function : .label,
                    totals: means(value), share: Double(total) / all, selfShare: Double(selfTotal) / all,
                    total: growth, own: ownGrowth,
                    isSteep: isSteep(growth, largest: total) || isSteep(ownGrowth, largest: selfTotal)))
        }
        return rows.sorted { left, right in
            if left.isSteep != right.isSteep { return left.isSteep }
            return left.share != right.share ? left.share > right.share : left.name < right.name
        }
    }

    /// What share, 0 to 1, each of the rows has at so many times the largest size, if all functions go on as they do; nil where that is
    /// not known. O(rows).
    public func projectedShares(of rows: [Row], at factor: Double) -> [Double?] {
        let usual = total?.exponent ?? 1
        let whole = rows.reduce(0) { sum, row in
            let growth = row.own.flatMap { $0.isKnown ? $0.exponent : nil } ?? usual
            return sum + row.selfShare * power(factor, growth)
        }
        return rows.map { row in
            guard row.total.isKnown, whole > 0 else { return nil }
            return min(1, row.share * power(factor, row.total.exponent) / whole)
        }
    }

    /// Of a label by run: of the nodes that stand for it, each once.
    private func labelValue(_ function: Int) -> (Int) -> Int64 {
        let nodes = tree.nodeFunctions.indices.dropFirst().filter { Int(tree.nodeFunctions[$0]) == function }
        return { run in nodes.reduce(0) { saturatingSum($0, tree.totals[run][$1]) } }
    }

    private func means(_ value: (Int) -> Int64) -> [Double] {
        var sums = Array(repeating: 0.0, count: sizes.count)
        for (run, size) in sizeOfRun.enumerated() { sums[size] += Double(value(run)) / Double(sizes[size].runs) }
        return sums
    }
}

/// Why no growth can be told.
public enum ProfileScalingError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewSizes(Int)
    case badSize(Int64)
    case empty(size: Int64)
    case typesDiffer(size: Int64, type: ValueType)

    public var description: String {
        switch self {
        case .tooFewSizes(let count):
            "growth takes profiles of two sizes at least, better of four, and there \(count == 1 ? "is one" : "is none")"
        case .badSize(let size): "a size is above 0, not \(size)"
        case .empty(let size): "the profile of size \(size) holds no value above 0"
        case .typesDiffer(let size, let type): "the profile of size \(size) has no sample type \(type.type)"
        }
    }
}
