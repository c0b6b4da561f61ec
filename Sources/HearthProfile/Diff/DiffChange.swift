/// How one value changed between two profiles.
public struct DiffChange: Hashable, Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        case grew
        case shrank
        /// The interval holds zero, or there are too few samples: nothing can be said.
        case noise
    }

    /// On which side there was something at all.
    public enum Presence: String, Sendable, CaseIterable {
        case both
        case onlyBase = "gone"
        case onlyNew = "new"
        case neither
    }

    /// Normalised: a share 0…1, the value itself, or that for each unit of work.
    public let base: Double
    public let new: Double
    /// `new` − `base`.
    public let difference: Double
    /// Where the true difference lies with ``confidence``, as far as ``ProfileDiff/evidence`` can tell.
    public let interval: ClosedRange<Double>
    /// 0.95 or more: the more values are judged together and the fewer of them have changed, the surer one has to be of each.
    public let confidence: Double
    public let presence: Presence
    public let verdict: Verdict
    /// Whether there are samples enough for a verdict: where not it is noise, whatever the interval.
    public let isJudged: Bool

    /// The end of the interval nearest zero; 0 where it holds zero. What is certain of the difference.
    public var certain: Double {
        switch verdict {
        case .grew: interval.lowerBound
        case .shrank: interval.upperBound
        case .noise: 0
        }
    }

    /// Whether this change of a frame is mostly one of place: that of its function as a whole, at the most, is surely smaller.
    ///
    /// - Parameter function: of the function's total; nil where a side has none of it.
    package func hasMoved(within function: DiffChange?) -> Bool {
        guard let function else { return false }
        return switch verdict {
        case .grew: function.interval.upperBound < interval.lowerBound
        case .shrank: function.interval.lowerBound > interval.upperBound
        case .noise: false
        }
    }

    /// - Parameter isJudged: whether there are samples enough for a verdict.
    init(
        from before: DiffEstimate, baseValue: Int64, to after: DiffEstimate, newValue: Int64, confidence: Double,
        isJudged: Bool
    ) {
        base = before.value
        new = after.value
        difference = after.value - before.value
        interval = Self.interval(from: before, to: after)
        self.confidence = confidence
        self.isJudged = isJudged
        presence =
            switch (baseValue > 0, newValue > 0) {
            case (true, true): .both
            case (true, false): .onlyBase
            case (false, true): .onlyNew
            case (false, false): .neither
            }
        if !isJudged || interval.contains(0) {
            verdict = .noise
        } else {
            verdict = interval.lowerBound > 0 ? .grew : .shrank
        }
    }

    /// The two intervals combined: each end is as far as the two sides' ends are together (Newcombe's method 10).
    static func interval(from before: DiffEstimate, to after: DiffEstimate) -> ClosedRange<Double> {
        let difference = after.value - before.value
        let down = hypotenuse(after.value - after.lower, before.upper - before.value)
        let up = hypotenuse(after.upper - after.value, before.value - before.lower)
        return (difference - down)...(difference + up)
    }
}

private func hypotenuse(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
