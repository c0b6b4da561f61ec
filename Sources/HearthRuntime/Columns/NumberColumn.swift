/// Numbers with their validity; a null holds 0.
public struct NumberColumn: Hashable, Sendable {
    public private(set) var values: [Double] = []
    public private(set) var validity = Validity()

    public init() {}

    public init(_ numbers: some Sequence<Double?>) {
        for number in numbers { append(number) }
    }

    public var count: Int { values.count }

    public mutating func append(_ number: Double?) {
        values.append(number ?? 0)
        validity.append(number != nil)
    }

    public subscript(_ index: Int) -> Double? { validity[index] ? values[index] : nil }
}
