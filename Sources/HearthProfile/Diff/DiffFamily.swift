/// Values that are judged together, such as the self values of all functions: how they scatter by chance, and how sure one has
/// to be of each so that of all that are called changed only ``falseDiscoveryRate`` are not.
///
/// An interval for a value of a family is as wide as that takes (Benjamini and Yekutieli's intervals for what is selected), so
/// that it leaves zero out exactly where the value is among the changed. `Docs/Diffing.md` has the formulas and what
/// simulations say of them.
package struct DiffFamily: Sendable {
    package static let falseDiscoveryRate = 0.05
    /// Of a value with fewer samples, both sides together, nothing is said: there are many such, and each costs the others.
    static let fewestSamples = 10.0
    /// How many runs' worth the scatter of all values weighs when that of one is judged.
    private static let priorFreedom = 10.0

    private let base: DiffSide
    private let new: DiffSide
    private let normalization: ProfileDiff.Normalization
    /// Runs beyond the first of each side; 0 where samples are only counted.
    private let freedom: Double
    /// Variance between runs that half of the values have, as a share of their square.
    private var excess = 0.0
    /// Half the width of an interval, in standard deviations.
    private var deviations: Double
    /// Of the intervals, 0…1.
    package private(set) var confidence = 1 - falseDiscoveryRate

    /// - Parameters:
    ///   - values: one an item and side.
    ///   - scatter: as ``DiffScatter`` has it; nil where samples are only counted.
    ///
    /// O(items), and O(changed items × log) for the order of those that have changed.
    init(
        base: DiffSide, new: DiffSide, normalization: ProfileDiff.Normalization, values: [[Int64]], scatter: [Double]?
    ) {
        self.base = base
        self.new = new
        self.normalization = normalization
        freedom = scatter == nil ? 0 : Double(max(base.runs - 1, 0) + max(new.runs - 1, 0))
        let prior = freedom > 0 ? Self.priorFreedom + freedom : .infinity
        deviations = StudentT.quantile(twoSidedTail: Self.falseDiscoveryRate, freedom: prior)
        let judged = values[0].indices.filter { isJudged(base: values[0][$0], new: values[1][$0]) }
        if let scatter, freedom > 0 {
            excess = medianExcess(judged.map { (values[0][$0], values[1][$0], scatter[$0]) })
        }
        // What cannot be told from chance even alone is no discovery: most are done with here.
        var chances: [Double] = []
        for index in judged {
            let (before, after, squares) = (values[0][index], values[1][index], scatter?[index])
            guard change(base: before, new: after, scatter: squares).verdict != .noise else { continue }
            let reach = self.reach(base: before, new: after, scatter: squares)
            chances.append(StudentT.twoSidedTail(reach, freedom: prior))
        }
        let tail = Self.level(of: chances, among: judged.count)
        confidence = 1 - tail
        deviations = StudentT.quantile(twoSidedTail: tail, freedom: prior)
    }

    /// The chance up to which a value counts as changed: Benjamini and Hochberg's rule, where `chances` are the smallest.
    private static func level(of chances: [Double], among count: Int) -> Double {
        let step = falseDiscoveryRate / Double(max(count, 1))
        let ordered = chances.sorted()
        let last = ordered.indices.last { ordered[$0] <= step * Double($0 + 1) }
        return step * Double((last ?? 0) + 1)
    }

    // MARK: Noise

    private func isJudged(base before: Int64, new after: Int64) -> Bool {
        Double(max(before, 0)) / base.weight + Double(max(after, 0)) / new.weight >= Self.fewestSamples
    }

    /// What counting alone and an excess of 1 contribute to the sum of squares, and the sum itself.
    private func moments(
        base before: Int64, new after: Int64, scatter: Double
    ) -> (counted: Double, exceeding: Double, squares: Double) {
        var moments = (counted: 0.0, exceeding: 0.0, squares: scatter)
        for (side, value) in [(base, before), (new, after)] where side.size > 0 {
            let samples = Double(max(value, 0)) / side.weight
            let rate = samples / side.size
            // A share that is nearly all can hardly scatter.
            let room = normalization == .share ? max(0, 1 - rate) : 1
            moments.counted += Double(max(side.runs - 1, 0)) * rate * room
            moments.exceeding += rate * rate * room * room * side.size * (1 - side.concentration)
            moments.squares -= samples * samples / side.size
        }
        return moments
    }

    private func medianExcess(_ items: [(base: Int64, new: Int64, scatter: Double)]) -> Double {
        // The median of what has this freedom, as a share of its mean (Wilson and Hilferty).
        let third = 1 - 2 / (9 * freedom)
        let median = third * third * third
        for (fewestSamples, fewestItems) in [(50.0, 5), (10.0, 3)] {
            let counted = Double(base.runs + new.runs) * fewestSamples
            var excesses: [Double] = []
            for item in items
            where Double(item.base) / base.weight + Double(item.new) / new.weight >= counted {
                let moments = moments(base: item.base, new: item.new, scatter: item.scatter)
                guard moments.exceeding > 0, moments.counted > 0 else { continue }
                excesses.append((moments.squares / median - moments.counted) / moments.exceeding)
            }
            guard excesses.count >= fewestItems else { continue }
            excesses.sort()
            let middle = excesses.count / 2
            let value = excesses.count % 2 == 1 ? excesses[middle] : (excesses[middle - 1] + excesses[middle]) / 2
            return max(0, value)
        }
        return 0
    }

    private func noise(base before: Int64, new after: Int64, scatter: Double?) -> DiffNoise {
        guard let scatter, freedom > 0 else { return DiffNoise(excess: excess, dispersion: 1) }
        let moments = moments(base: before, new: after, scatter: scatter)
        let expected = moments.counted + excess * moments.exceeding
        guard expected > 0 else { return DiffNoise(excess: excess, dispersion: 1) }
        let own = max(moments.squares, 0) / expected
        let dispersion = (Self.priorFreedom + freedom * own) / (Self.priorFreedom + freedom)
        return DiffNoise(excess: excess, dispersion: dispersion)
    }

    // MARK: Changes

    /// The change of one value: in shares of the total, 0…1, in the column's own unit, or in that for each unit of work. O(1).
    ///
    /// - Parameter scatter: of the value; where nil it is taken to scatter as most do.
    package func change(base before: Int64, new after: Int64, scatter: Double?) -> DiffChange {
        let noise = noise(base: before, new: after, scatter: scatter)
        let (first, second) = estimates(before, after, noise, deviations)
        return DiffChange(
            from: first, baseValue: before, to: second, newValue: after, confidence: confidence,
            isJudged: isJudged(base: before, new: after))
    }

    /// How many standard deviations wide an interval may be until it holds zero.
    private func reach(base before: Int64, new after: Int64, scatter: Double?) -> Double {
        let noise = noise(base: before, new: after, scatter: scatter)
        func holdsZero(_ deviations: Double) -> Bool {
            let (first, second) = estimates(before, after, noise, deviations)
            return DiffChange.interval(from: first, to: second).contains(0)
        }
        var (low, high) = (deviations, deviations * 2)
        while !holdsZero(high), high < 1e6 { (low, high) = (high, high * 2) }
        for _ in 0..<40 where high - low > 1e-9 * high {
            let middle = (low + high) / 2
            if holdsZero(middle) { high = middle } else { low = middle }
        }
        return low
    }

    private func estimates(
        _ before: Int64, _ after: Int64, _ noise: DiffNoise, _ deviations: Double
    ) -> (DiffEstimate, DiffEstimate) {
        switch normalization {
        case .share:
            (base.share(before, noise, deviations: deviations), new.share(after, noise, deviations: deviations))
        case .absolute:
            (base.amount(before, noise, deviations: deviations), new.amount(after, noise, deviations: deviations))
        case .work(let baseUnits, let newUnits):
            (
                base.amount(before, noise, deviations: deviations).divided(by: Double(baseUnits)),
                new.amount(after, noise, deviations: deviations).divided(by: Double(newUnits))
            )
        }
    }
}
