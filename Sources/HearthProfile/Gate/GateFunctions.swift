/// The functions of a gate's runs: which grew by more than the margin, and what growth would have been seen.
struct GateFunctions {
    private let diff: ProfileDiff
    private let rule: GateRule
    private let model: DiffModel
    private let values: [[Int64]]
    private let scatter: [Double]?
    /// Of the base, in the column's unit for each unit of work.
    private let baseTotal: Double
    private let judged: [Int]

    init(_ diff: ProfileDiff, _ rule: GateRule) {
        self.diff = diff
        self.rule = rule
        let functions = diff.functions
        values = diff.tree.selfValues.map { functions.selfValues($0) }
        scatter = diff.scatter?.functionSelf
        model = DiffModel(
            base: diff.sides[0], new: diff.sides[1], measure: .init(diff.normalization), values: values,
            scatter: scatter)
        let total = model.baseAmount(diff.baseTotal)
        baseTotal = total > 0 ? total : 1
        judged = values[0].indices.filter { [model, values] in model.isJudged(base: values[0][$0], new: values[1][$0]) }
    }

    // MARK: What grew

    /// Functions that grew beyond the margin, by Holm's rule over all of them.
    func findings() -> [ProfileGate.Finding] {
        let margin = rule.margin * baseTotal
        var grown: [(function: Int, chance: Double)] = []
        for function in judged {
            let change = change(function, deviations: 0)
            guard change.difference > margin else { continue }
            let reach = model.reach(
                base: values[0][function], new: values[1][function], scatter: scatter?[function], until: margin,
                least: 0)
            // Of growth alone: one side of the distribution.
            grown.append((function, StudentT.twoSidedTail(reach, freedom: model.intervalFreedom) / 2))
        }
        grown.sort { $0.chance < $1.chance }
        var findings: [ProfileGate.Finding] = []
        for (rank, candidate) in grown.enumerated() {
            let tail = rule.functionRate / Double(judged.count - rank)
            guard candidate.chance <= tail else { break }
            findings.append(finding(candidate.function, tail: tail))
        }
        return findings.sorted { $0.growth != $1.growth ? $0.growth > $1.growth : $0.function < $1.function }
    }

    private func change(_ function: Int, deviations: Double) -> DiffChange {
        model.change(
            base: values[0][function], new: values[1][function], scatter: scatter?[function], deviations: deviations,
            confidence: 0)
    }

    private func deviations(tail: Double) -> Double {
        StudentT.quantile(twoSidedTail: min(2 * tail, 0.999), freedom: model.intervalFreedom)
    }

    private func finding(_ function: Int, tail: Double) -> ProfileGate.Finding {
        let change = change(function, deviations: deviations(tail: tail))
        let callers = callersChange(function, deviations: deviations(tail: tail))
        let known = diff.tree.functions[function]
        return ProfileGate.Finding(
            kind: callers < change.interval.lowerBound ? .moved : .grew, function: known.name, fullName: known.fullName,
            base: change.base / baseTotal, new: change.new / baseTotal,
            interval: change.interval.lowerBound / baseTotal...change.interval.upperBound / baseTotal,
            presence: change.presence)
    }

    /// The most by which all that calls a function can have grown.
    private func callersChange(_ function: Int, deviations: Double) -> Double {
        let tree = diff.tree
        var callers: Set<Int> = []
        for node in 1..<max(tree.count, 1)
        where tree.nodeFunctions[node] == UInt32(function)
            && (tree.selfValues[0][node] > 0 || tree.selfValues[1][node] > 0)
        {
            callers.insert(Int(tree.parents[node]))
        }
        // A caller within another is in its total already.
        let outermost = callers.filter { caller in
            var node = caller
            while node != 0 {
                node = Int(tree.parents[node])
                if callers.contains(node) { return false }
            }
            return true
        }
        let sums = tree.totals.map { totals in outermost.reduce(0) { saturatingSum($0, totals[$1]) } }
        return model.change(
            base: sums[0], new: sums[1], scatter: nil, deviations: deviations, confidence: 0
        ).interval.upperBound
    }

    // MARK: What would have been seen

    /// A hundredth of the total: as large as a function is taken to be when it is asked what growth of it would be seen.
    private static let usualShare = 0.01

    /// The smallest growth, as a share of the base's total, that is found four times in five.
    ///
    /// - Parameter runs: a side, of the length that these have on average; as many as there are where nil.
    func detectable(runs: Int?) -> Double {
        let least = deviations(tail: rule.functionRate / Double(max(judged.count, 1)))
        let usual = StudentT.quantile(twoSidedTail: 2 * (1 - GateRule.power), freedom: model.intervalFreedom)
        var (low, high) = (0.0, 1.0)
        for _ in 0..<40 {
            let middle = (low + high) / 2
            let error = model.error(
                base: Self.usualShare * baseTotal, new: (Self.usualShare + middle) * baseTotal, runs: runs)
            if middle * baseTotal >= rule.margin * baseTotal + (least + usual) * error {
                high = middle
            } else {
                low = middle
            }
        }
        return high
    }

    /// Runs a side with which the smallest change is found; nil where a thousand are too few.
    func runsNeeded() -> Int? {
        (ProfileGate.fewestRuns...1_000).first { detectable(runs: $0) <= rule.smallestChange }
    }
}
