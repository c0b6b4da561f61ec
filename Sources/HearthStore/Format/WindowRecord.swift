/// What a listing of windows shows; it stands first in a window's record.
struct WindowDescription: Equatable {
    var sequence: UInt64
    var start: Int64
    var duration: Int64
    var workUnits: Int64?
    var rows: Int
    var totals: [Int64]

    func append(to bytes: inout [UInt8]) {
        bytes.append(varint: sequence)
        bytes.append(signed: start)
        bytes.append(signed: duration)
        bytes.append(workUnits == nil ? 0 : 1)
        if let workUnits { bytes.append(signed: workUnits) }
        bytes.append(varint: rows)
        for total in totals { bytes.append(signed: total) }
    }
}

extension WindowDescription {
    init(_ cursor: inout ByteCursor, columns: Int) throws(Malformed) {
        sequence = try cursor.varint()
        start = try cursor.signed()
        duration = try cursor.signed()
        switch try cursor.byte() {
        case 0: workUnits = nil
        case 1: workUnits = try cursor.signed()
        case let flag: throw Malformed("a window whose work is said by \(flag)")
        }
        rows = try cursor.number(upTo: StoreFormat.rowLimit, "the number of rows")
        totals = []
        for _ in 0..<columns { totals.append(try cursor.signed()) }
    }
}

/// How a window's profile was taken. Texts are indexes of the segment's strings.
struct ProfileDescription: Hashable {
    struct Attribute: Hashable {
        var key: UInt32
        var value: UInt32
    }

    var defaultSampleType: Int
    var periodType: UInt32
    var periodUnit: UInt32
    var period: Int64
    var blockDuration: Int64
    var attributes: [Attribute]

    func append(to bytes: inout [UInt8]) {
        bytes.append(varint: defaultSampleType)
        bytes.append(varint: periodType)
        bytes.append(varint: periodUnit)
        bytes.append(signed: period)
        bytes.append(signed: blockDuration)
        bytes.append(varint: attributes.count)
        for attribute in attributes {
            bytes.append(varint: attribute.key)
            bytes.append(varint: attribute.value)
        }
    }
}

extension ProfileDescription {
    /// - Parameter strings: how many the segment's table has, what this record adds included.
    init(_ cursor: inout ByteCursor, columns: Int, strings: Int) throws(Malformed) {
        defaultSampleType = Int(try cursor.index(in: columns, "the default sample type"))
        periodType = try cursor.index(in: strings, "the type of the period")
        periodUnit = try cursor.index(in: strings, "the unit of the period")
        period = try cursor.signed()
        blockDuration = try cursor.signed()
        attributes = []
        for _ in 0..<(try cursor.count("the number of attributes")) {
            let key = try cursor.index(in: strings, "the key of an attribute")
            attributes.append(Attribute(key: key, value: try cursor.index(in: strings, "the value of an attribute")))
        }
    }
}

/// Columns of values, the first as it is, each other one as what it is more than the first times a slope: where all
/// samples stand for one period, that is nothing.
enum ValueColumns {
    /// - Parameter slope: what one of the first column is likely to be in the others: the period.
    static func append(_ columns: [[Int64]], slope: Int64, to bytes: inout [UInt8]) {
        for (index, column) in columns.enumerated() {
            guard index > 0 else {
                PackedColumn.append(column, to: &bytes)
                continue
            }
            var plain: [UInt8] = []
            plain.append(signed: 0)
            PackedColumn.append(column, to: &plain)
            var sloped: [UInt8] = []
            sloped.append(signed: slope)
            PackedColumn.append(zip(column, columns[0]).map { $0 &- slope &* $1 }, to: &sloped)
            bytes.append(contentsOf: slope != 0 && sloped.count < plain.count ? sloped : plain)
        }
    }
}

/// Reads the columns of ``ValueColumns`` together, a chunk at a time.
struct ValueColumnsReader {
    private var readers: [PackedColumnReader] = []
    private var slopes: [Int64] = []

    init(_ cursor: inout ByteCursor, columns: Int, count: Int) throws(Malformed) {
        for index in 0..<columns {
            slopes.append(index == 0 ? 0 : try cursor.signed())
            readers.append(try PackedColumnReader(&cursor, count: count))
        }
    }

    /// The number of values a column that stand in `values` now; 0 after the last.
    ///
    /// - Parameter values: a chunk for each column: value `i` of column `c` goes to `c * PackedColumn.chunkSize + i`.
    mutating func next(into values: inout [Int64]) throws(Malformed) -> Int {
        var count = 0
        for index in readers.indices {
            let first = index * PackedColumn.chunkSize
            count = try readers[index].next(into: &values, at: first)
            let slope = slopes[index]
            if slope == 0 { continue }
            for row in 0..<count { values[first &+ row] &+= slope &* values[row] }
        }
        return count
    }

    /// Room for what ``next(into:)`` gives.
    static func room(columns: Int) -> [Int64] { Array(repeating: 0, count: columns * PackedColumn.chunkSize) }
}
