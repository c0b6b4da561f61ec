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

    public static let samples = ValueType(type: "samples", unit: "count")
    public static let cpu = ValueType(type: "cpu", unit: "nanoseconds")
    public static let wall = ValueType(type: "wall", unit: "nanoseconds")
}
