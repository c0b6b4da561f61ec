internal import HearthProfile

/// Sums of values by series of one segment: an addition a row, since the table of series is the segment's own.
struct SeriesTotals {
    private let columns: Int
    /// Series-major.
    private var values: [Int64] = []
    private var isTouched: [Bool] = []
    private(set) var touched: [UInt32] = []

    init(columns: Int) { self.columns = columns }

    func values(of series: UInt32) -> ArraySlice<Int64> {
        values[Int(series) * columns..<(Int(series) + 1) * columns]
    }

    /// O(rows + series that are new since the last call).
    mutating func add(_ rows: inout WindowRowsReader, seriesCount: Int) throws(Malformed) {
        grow(to: seriesCount)
        while true {
            let count = try rows.next()
            if count == 0 { return }
            for row in 0..<count {
                let series = Int(rows.series[row])
                if !isTouched[series] {
                    isTouched[series] = true
                    touched.append(UInt32(series))
                }
                for column in 0..<columns {
                    let value = rows.values[column &* PackedColumn.chunkSize &+ row]
                    let place = series &* columns &+ column
                    values[place] = saturatingSum(values[place], value)
                }
            }
        }
    }

    /// Everything back to nothing. O(touched series).
    mutating func removeAll() {
        for series in touched {
            isTouched[Int(series)] = false
            for column in 0..<columns { values[Int(series) * columns + column] = 0 }
        }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func grow(to seriesCount: Int) {
        guard isTouched.count < seriesCount else { return }
        isTouched.append(contentsOf: repeatElement(false, count: seriesCount - isTouched.count))
        values.append(contentsOf: repeatElement(0, count: seriesCount * columns - values.count))
    }
}
