/// All windows of a closed segment as one: every table, and the sum of every series. What a query reads where it wants
/// the whole segment, and where the tables stand in one piece for one that wants a part.
struct SegmentDigest {
    /// How the first window was taken.
    var description: ProfileDescription
    /// What the windows say in their attributes, each once.
    var attributes: [ProfileDescription.Attribute]
    /// In how many rows each series stands; 0 where it came with a window that was lost.
    var rowCounts: [Int64]
    /// Series-major: column `c` of series `s` is at `s * columns + c`.
    var totals: [Int64]

    func payload(_ tables: StoreTables, columns: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        Packing.append(tables.encoded(from: StoreTables.Mark()), to: &bytes)
        description.append(to: &bytes)
        bytes.append(varint: attributes.count)
        for attribute in attributes {
            bytes.append(varint: attribute.key)
            bytes.append(varint: attribute.value)
        }
        PackedColumn.append(rowCounts, to: &bytes)
        let table = (0..<columns).map { column in
            tables.series.indices.map { totals[$0 * columns + column] }
        }
        ValueColumns.append(table, slope: description.period, to: &bytes)
        return bytes
    }
}

extension SegmentDigest {
    static func tables(_ cursor: inout ByteCursor) throws(Malformed) -> StoreTables {
        var tables = StoreTables()
        var part = try Packing.part(&cursor)
        try tables.decode(&part)
        return tables
    }

    /// What stands behind the tables.
    init(_ cursor: inout ByteCursor, _ tables: StoreTables, columns: Int) throws(Malformed) {
        description = try ProfileDescription(&cursor, columns: columns, strings: tables.strings.count)
        attributes = []
        for _ in 0..<(try cursor.count("the number of attributes")) {
            let key = try cursor.index(in: tables.strings.count, "the key of an attribute")
            let value = try cursor.index(in: tables.strings.count, "the value of an attribute")
            attributes.append(ProfileDescription.Attribute(key: key, value: value))
        }
        rowCounts = try PackedColumnReader.all(&cursor, count: tables.series.count)
        totals = Array(repeating: 0, count: tables.series.count * columns)
        var reader = try ValueColumnsReader(&cursor, columns: columns, count: tables.series.count)
        var values = ValueColumnsReader.room(columns: columns)
        var first = 0
        while true {
            let count = try reader.next(into: &values)
            if count == 0 { break }
            for row in 0..<count {
                for column in 0..<columns {
                    totals[(first + row) * columns + column] = values[column * PackedColumn.chunkSize + row]
                }
            }
            first += count
        }
        try cursor.requireEnd()
    }
}
