/// What a column of values counts, and in which unit; pprof's `ValueType`.
public struct ValueType: Hashable, Sendable {
    /// `samples`, `cpu`, `wall`, …
    public var type: String
    /// `count`, `nanoseconds`, `bytes`, …
    public var unit: String

    public init(type: String, unit: String) {
        self.type = type
        self.unit = unit
    }

    /// What the values are divided by to stand in `plainUnit`: a unit such as `count/1000` keeps fractional counts as whole
    /// numbers, with up to six digits after the point. 1 for other units.
    package var divisor: Int64 { Self.divisors.first { unit.hasSuffix("/\($0)") } ?? 1 }

    /// The unit without its divisor: `count` for `count/1000`.
    package var plainUnit: String {
        divisor == 1 ? unit : String(unit.dropLast("/\(divisor)".count))
    }

    /// The same type in its plain unit.
    var plain: ValueType { ValueType(type: type, unit: plainUnit) }

    private static let divisors: [Int64] = [10, 100, 1_000, 10_000, 100_000, 1_000_000]

    public static let samples = ValueType(type: "samples", unit: "count")
    public static let cpu = ValueType(type: "cpu", unit: "nanoseconds")
    public static let wall = ValueType(type: "wall", unit: "nanoseconds")
    /// Threads, by the name that tools for Go know.
    public static let threads = ValueType(type: "goroutine", unit: "count")
}
