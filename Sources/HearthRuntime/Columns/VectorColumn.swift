/// Vectors of one dimension, row-major.
public struct VectorColumn: Hashable, Sendable {
    public let dimension: Int
    public private(set) var values: [Float] = []
    public private(set) var count = 0

    public init(dimension: Int) { self.dimension = dimension }

    public mutating func reserve(items: Int) { values.reserveCapacity(items * dimension) }

    /// Appends a vector; what it lacks of the dimension is zero, what it has beyond is cut off.
    public mutating func append(_ vector: some Collection<Float>) {
        values.append(contentsOf: vector.prefix(dimension))
        count += 1
        values.append(contentsOf: repeatElement(0, count: count * dimension - values.count))
    }

    public subscript(_ index: Int) -> ArraySlice<Float> { values[index * dimension..<(index + 1) * dimension] }
}
