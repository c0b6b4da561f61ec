/// Vectors of one dimension, row-major. Arrow's fixed-size list of 32-bit floats.
public struct VectorColumn: Sendable {
    public let dimension: Int
    /// Row-major; the first row of this column is ``start``. A null holds zeros, and in columns that were imported whatever their
    /// maker left there.
    public private(set) var values = ColumnBuffer<Float>()
    public private(set) var validity = Validity()
    /// A slice shares the memory of the column it is of.
    public private(set) var start = 0

    public init(dimension: Int) {
        precondition(dimension >= 0, "a vector has a length")
        self.dimension = dimension
    }

    /// As they lie there.
    /// - Precondition: `values` holds whole rows.
    public init(dimension: Int, values: ColumnBuffer<Float>) {
        precondition(dimension > 0 && values.startIndex == 0 && values.count % dimension == 0, "rows must be whole")
        self.init(dimension: dimension, values: values, start: 0, validity: Validity(count: values.count / dimension))
    }

    package init(dimension: Int, values: ColumnBuffer<Float>, start: Int, validity: Validity) {
        self.dimension = dimension
        self.values = values
        self.start = start
        self.validity = validity
    }

    public var count: Int { validity.count }

    public mutating func reserve(items: Int) { values.reserve(items * dimension) }

    /// Appends a vector; what it lacks of the dimension is zero, what it has beyond is cut off.
    @inlinable
    public mutating func append(_ vector: some Collection<Float>) {
        let isDone: Void? = vector.withContiguousStorageIfAvailable { unsafe append(buffer: $0) }
        if isDone == nil { append(Array(vector)) }
    }

    @usableFromInline
    mutating func append(buffer vector: UnsafeBufferPointer<Float>) {
        prepare()
        unsafe values.append(buffer: UnsafeBufferPointer(rebasing: vector.prefix(dimension)))
        validity.append(true)
        values.append(repeating: 0, count: count * dimension - values.count)
    }

    /// Appends an item without a vector; its place holds zeros.
    public mutating func appendNull() {
        prepare()
        validity.append(false)
        values.append(repeating: 0, count: dimension)
    }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    /// The row of an item; zeros for a null. O(1).
    public subscript(_ index: Int) -> ColumnBuffer<Float> {
        guard validity[index] else { return ColumnBuffer(repeating: 0, count: dimension) }
        return values[(start + index) * dimension..<(start + index + 1) * dimension]
    }

    private mutating func prepare() {
        if start == 0, values.startIndex == 0, values.count == count * dimension { return }
        values = ColumnBuffer(values[start * dimension..<(start + count) * dimension])
        start = 0
    }
}

extension VectorColumn: ItemStorage {
    var byteCount: Int { count * dimension * MemoryLayout<Float>.stride }
    var emptied: VectorColumn { VectorColumn(dimension: dimension) }

    /// Some of the items, sharing the memory. O(1), and O(items) where there are nulls.
    public func slice(_ range: Range<Int>) -> VectorColumn {
        VectorColumn(
            dimension: dimension, values: values, start: start + range.lowerBound, validity: validity.slice(range))
    }

    mutating func append(_ item: Int, of other: VectorColumn) {
        if other.isNull(item) { return appendNull() }
        prepare()
        values.append(other.values, (other.start + item) * dimension..<(other.start + item + 1) * dimension)
        validity.append(true)
    }

    mutating func append(contentsOf other: VectorColumn) {
        prepare()
        values.append(contentsOf: other.values[other.start * dimension..<(other.start + other.count) * dimension])
        validity.append(contentsOf: other.validity)
    }

    package func withValidity(_ validity: Validity) -> VectorColumn {
        VectorColumn(dimension: dimension, values: values, start: start, validity: validity)
    }

    func hash(_ item: Int, into hasher: inout ItemHasher) {
        for value in self[item] { hasher.combine(UInt64(value.bitPattern)) }
    }

    func isSame(_ item: Int, as otherItem: Int, of other: VectorColumn) -> Bool {
        zip(self[item], other[otherItem]).allSatisfy { $0.bitPattern == $1.bitPattern }
    }

    public static func == (one: VectorColumn, other: VectorColumn) -> Bool {
        one.dimension == other.dimension && one.validity == other.validity
            && (0..<one.count).allSatisfy { one[$0] == other[$0] }
    }
    public func hash(into hasher: inout Hasher) {
        hasher.combine(dimension)
        hasher.combine(validity)
    }
}
