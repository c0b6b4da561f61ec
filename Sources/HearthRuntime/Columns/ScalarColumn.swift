/// What numbers a column can hold: `Double`, `Float`, `Int64` and `Int32`, of which Arrow has columns.
public protocol ColumnScalar: BitwiseCopyable, Hashable, Sendable, Numeric {
    /// What it is in memory: a zero is not a negative zero, and a NaN is itself.
    var memoryBits: UInt64 { get }
}

extension Double: ColumnScalar { public var memoryBits: UInt64 { bitPattern } }
extension Float: ColumnScalar { public var memoryBits: UInt64 { UInt64(bitPattern) } }
extension Int64: ColumnScalar { public var memoryBits: UInt64 { UInt64(bitPattern: self) } }
extension Int32: ColumnScalar { public var memoryBits: UInt64 { UInt64(UInt32(bitPattern: self)) } }

/// Numbers of one type with their validity.
public struct ScalarColumn<Element: ColumnScalar>: Sendable {
    /// Those of this column begin at ``start``; a null holds 0, and in columns that were imported whatever their maker left there.
    public private(set) var values = ColumnBuffer<Element>()
    public private(set) var validity = Validity()
    /// A slice shares the memory of the column it is of.
    public private(set) var start = 0

    public init() {}

    public init(_ numbers: some Sequence<Element?>) {
        values.reserve(numbers.underestimatedCount)
        for number in numbers { append(number) }
    }

    /// As they lie there, none of them null.
    public init(values: ColumnBuffer<Element>) {
        self.init(values: values, start: values.startIndex, validity: Validity(count: values.count))
    }

    package init(values: ColumnBuffer<Element>, start: Int, validity: Validity) {
        self.values = values
        self.start = start
        self.validity = validity
    }

    public var count: Int { validity.count }

    public mutating func append(_ number: Element?) {
        prepare()
        values.append(number ?? 0)
        validity.append(number != nil)
    }

    /// Appends an item without a value.
    public mutating func appendNull() { append(nil) }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    public subscript(_ index: Int) -> Element? { validity[index] ? values[start + index] : nil }

    /// The value of an item, 0 for a null. O(1).
    public func value(_ index: Int) -> Element { validity[index] ? values[start + index] : 0 }

    private mutating func prepare() {
        if start == 0, values.startIndex == 0, values.count == count { return }
        values = ColumnBuffer(values[start..<start + count])
        start = 0
    }
}

/// 64-bit floating point.
public typealias NumberColumn = ScalarColumn<Double>
/// 32-bit floating point.
public typealias FloatColumn = ScalarColumn<Float>
public typealias IntegerColumn = ScalarColumn<Int64>
public typealias Integer32Column = ScalarColumn<Int32>

extension ScalarColumn: ItemStorage {
    var byteCount: Int { count * MemoryLayout<Element>.stride }
    var emptied: ScalarColumn { ScalarColumn() }

    /// Some of the items, sharing the memory. O(1), and O(items) where there are nulls.
    public func slice(_ range: Range<Int>) -> ScalarColumn {
        ScalarColumn(values: values, start: start + range.lowerBound, validity: validity.slice(range))
    }

    mutating func append(_ item: Int, of other: ScalarColumn) { append(other[item]) }

    mutating func append(contentsOf other: ScalarColumn) {
        prepare()
        values.append(contentsOf: other.values[other.start..<other.start + other.count])
        validity.append(contentsOf: other.validity)
    }

    package func withValidity(_ validity: Validity) -> ScalarColumn {
        ScalarColumn(values: values, start: start, validity: validity)
    }

    func hash(_ item: Int, into hasher: inout ItemHasher) { hasher.combine(values[start + item].memoryBits) }

    func isSame(_ item: Int, as otherItem: Int, of other: ScalarColumn) -> Bool {
        values[start + item].memoryBits == other.values[other.start + otherItem].memoryBits
    }

    public static func == (one: ScalarColumn, other: ScalarColumn) -> Bool {
        one.count == other.count && (0..<one.count).allSatisfy { one[$0] == other[$0] }
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(validity) }
}
