/// The rows of a window: series ascending, then block, then values.
struct WindowRows {
    struct Row: Comparable {
        var series: UInt32
        /// Block + 1; 0 without blocks.
        var block: Int64
        /// Which row of the profile.
        var source: Int

        static func < (left: Row, right: Row) -> Bool {
            (left.series, left.block, left.source) < (right.series, right.block, right.source)
        }
    }

    /// - Parameters:
    ///   - rows: sorted.
    ///   - value: of a column, for a row.
    static func append(
        _ rows: [Row], columns: Int, slope: Int64, to bytes: inout [UInt8],
        value: (_ source: Int, _ column: Int) -> Int64
    ) {
        var last: UInt32 = 0
        let steps = rows.map { row in
            defer { last = row.series }
            return Int64(row.series - last)
        }
        PackedColumn.append(steps, to: &bytes)
        PackedColumn.append(rows.map(\.block), to: &bytes)
        let values = (0..<columns).map { column in rows.map { value($0.source, column) } }
        ValueColumns.append(values, slope: slope, to: &bytes)
    }
}

/// Reads ``WindowRows`` a chunk at a time. Series are inside the table.
struct WindowRowsReader {
    private var steps: PackedColumnReader
    private var blockColumn: PackedColumnReader?
    private var valueColumns: ValueColumnsReader
    private let seriesCount: Int
    private var last: Int64 = 0

    /// The chunk that ``next()`` has read.
    private(set) var series = [Int64](repeating: 0, count: PackedColumn.chunkSize)
    /// Block + 1; 0 without blocks, or where they are not wanted.
    private(set) var blocks = [Int64](repeating: 0, count: PackedColumn.chunkSize)
    /// Value `i` of column `c` is at `c * PackedColumn.chunkSize + i`.
    private(set) var values: [Int64]

    /// - Parameter seriesCount: entries of the segment's table.
    init(
        _ cursor: inout ByteCursor, rows: Int, columns: Int, seriesCount: Int, wantsBlocks: Bool
    ) throws(Malformed) {
        self.seriesCount = seriesCount
        steps = try PackedColumnReader(&cursor, count: rows)
        if wantsBlocks {
            blockColumn = try PackedColumnReader(&cursor, count: rows)
        } else {
            try PackedColumnReader.skip(&cursor)
        }
        valueColumns = try ValueColumnsReader(&cursor, columns: columns, count: rows)
        values = ValueColumnsReader.room(columns: columns)
    }

    /// The number of rows in the chunk; 0 after the last.
    mutating func next() throws(Malformed) -> Int {
        let count = try steps.next(into: &series)
        for index in 0..<count {
            last &+= series[index]
            series[index] = last
            // Checked at the end of the chunk would be too late: two wrong steps may meet inside.
            guard last >= 0, last < seriesCount else { throw Malformed("series \(last) in a table of \(seriesCount)") }
        }
        if let got = try blockColumn?.next(into: &blocks), got > 0 {
            for index in 0..<got where blocks[index] < 0 || blocks[index] > Int64(UInt32.max) + 1 {
                throw Malformed("block \(blocks[index] - 1) of a window")
            }
        }
        _ = try valueColumns.next(into: &values)
        return count
    }
}
