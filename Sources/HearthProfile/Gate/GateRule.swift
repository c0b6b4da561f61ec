/// What a gate lets through.
public struct GateRule: Hashable, Sendable {
    /// Growth that is none of a gate's business, as a share of the base's total.
    public var margin = 0.002
    /// How often, at most, a change that costs nothing is called a regression. A fifth of it is for the total, the rest for
    /// the functions.
    public var falsePositiveRate = 0.05
    /// Growth inside one function, as a share of the base's total, that must be found four times in five; where there are too
    /// few runs for that, a gate does not say that all is well.
    public var smallestChange = 0.02

    /// Growth of all functions together that must be found: five times as much, since runs differ by more than functions do.
    public var smallestTotalChange: Double { 5 * smallestChange }

    public init() {}

    var totalRate: Double { falsePositiveRate / 5 }
    var functionRate: Double { falsePositiveRate * 4 / 5 }
    /// How often the smallest change is found.
    static let power = 0.8
}
