/// How values of two sides scatter by chance, and what their differences are worth: an excess that most values share, corrected
/// for each by what its own runs say. `Docs/Diffing.md` has the formulas.
struct DiffModel: Sendable {
    /// What the two sides' values are compared as.
    enum Measure: Equatable {
        case share
        /// Divided by so much.
        case amount(base: Double, new: Double)

        init(_ normalization: ProfileDiff.Normalization) {
            if let divisors = normalization.divisors {
                self = .amount(base: divisors.base, new: divisors.new)
            } else {
                self = .share
            }
        }
    }

    /// Of a value with fewer samples, both sides together, nothing is said: there are many such, and each costs the others.
    static let fewestSamples = 10.0
    /// How many runs' worth the scatter of all values weighs when that of one is judged.
    private static let priorFreedom = 10.0

    let base: DiffSide
    let new: DiffSide
    let measure: Measure
    /// Runs beyond the first of each side; 0 where samples are only counted.
    private let freedom: Double
    /// Variance between runs that half of the values have, as a share of their square.
    private(set) var excess = 0.0

    /// - Parameters:
    ///   - values: one an item and side.
    ///   - scatter: as ``DiffScatter`` has it; nil where samples are only counted.
    ///
    /// O(items × log items).
    init(base: DiffSide, new: DiffSide, measure: Measure, values: [[Int64]], scatter: [Double]?) {
        self.base = base
        self.new = new
        self.measure = measure
        freedom = scatter == nil ? 0 : Double(max(base.runs - 1, 0) + max(new.runs - 1, 0))
        guard let scatter, freedom > 0 else { return }
        let judged = values[0].indices.filter { isJudged(base: values[0][$0], new: values[1][$0]) }
        excess = medianExcess(judged.map { (values[0][$0], values[1][$0], scatter[$0]) })
    }

    /// Degrees of freedom of an interval.
    var intervalFreedom: Double { freedom > 0 ? Self.priorFreedom + freedom : .infinity }

    func isJudged(base before: Int64, new after: Int64) -> Bool {
        Double(max(before, 0)) / base.weight + Double(max(after, 0)) / new.weight >= Self.fewestSamples
    }

    // MARK: Noise

    /// What counting alone and an excess of 1 contribute to the sum of squares, and the sum itself.
    private func moments(
        base before: Int64, new after: Int64, scatter: Double
    ) -> (counted: Double, exceeding: Double, squares: Double) {
        var moments = (counted: 0.0, exceeding: 0.0, squares: scatter)
        for (side, value) in [(base, before), (new, after)] where side.size > 0 {
            let samples = Double(max(value, 0)) / side.weight
            let rate = samples / side.size
            // A share that is nearly all can hardly scatter.
            let room = measure == .share ? max(0, 1 - rate) : 1
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

    /// The change of one value: in shares of the total, 0…1, or in the column's own unit, divided. O(1).
    ///
    /// - Parameters:
    ///   - scatter: of the value; where nil it is taken to scatter as most do.
    ///   - deviations: half the width of the interval, in standard deviations.
    ///   - confidence: what that stands for.
    func change(
        base before: Int64, new after: Int64, scatter: Double?, deviations: Double, confidence: Double
    ) -> DiffChange {
        let noise = noise(base: before, new: after, scatter: scatter)
        let (first, second) = estimates(before, after, noise, deviations)
        return DiffChange(
            from: first, baseValue: before, to: second, newValue: after, confidence: confidence,
            isJudged: isJudged(base: before, new: after))
    }

    /// How many standard deviations wide an interval may be until it holds `value`, if it is more than `least`.
    func reach(
        base before: Int64, new after: Int64, scatter: Double?, until value: Double = 0, least: Double
    ) -> Double {
        let noise = noise(base: before, new: after, scatter: scatter)
        func isHeld(_ deviations: Double) -> Bool {
            let (first, second) = estimates(before, after, noise, deviations)
            return DiffChange.interval(from: first, to: second).contains(value)
        }
        var (low, high) = (least, max(least, 1) * 2)
        while !isHeld(high), high < 1e6 { (low, high) = (high, high * 2) }
        for _ in 0..<40 where high - low > 1e-9 * high {
            let middle = (low + high) / 2
            if isHeld(middle) { high = middle } else { low = middle }
        }
        return low
    }

    // MARK: Amounts

    /// A value of the base, divided by what the base's values are compared by.
    func baseAmount(_ value: Int64) -> Double {
        guard case .amount(let units, _) = measure else { return Double(value) }
        return Double(value) / units
    }

    /// The standard deviation of the difference of two amounts that scatter as most do.
    ///
    /// - Parameters:
    ///   - base: divided, as `new` is.
    ///   - runs: a side, of the length that these have on average; as many as there are where nil.
    func error(base before: Double, new after: Double, runs: Int?) -> Double {
        guard case .amount(let baseUnits, let newUnits) = measure else { return .infinity }
        var variance = 0.0
        for (side, amount, units) in [(base, before, baseUnits), (new, after, newUnits)] {
            let growth = Double(runs ?? side.runs) / Double(max(side.runs, 1))
            let samples = amount * units / side.weight * growth
            guard samples > 0 else { continue }
            let relative = 1 / samples + excess * side.concentration / growth
            variance += relative * amount * amount
        }
        return variance.squareRoot()
    }

    private func estimates(
        _ before: Int64, _ after: Int64, _ noise: DiffNoise, _ deviations: Double
    ) -> (DiffEstimate, DiffEstimate) {
        switch measure {
        case .share:
            (base.share(before, noise, deviations: deviations), new.share(after, noise, deviations: deviations))
        case .amount(let baseUnits, let newUnits):
            (
                base.amount(before, noise, deviations: deviations).divided(by: baseUnits),
                new.amount(after, noise, deviations: deviations).divided(by: newUnits)
            )
        }
    }
}
