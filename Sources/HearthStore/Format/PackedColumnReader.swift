/// Reads a column of ``PackedColumn`` a chunk at a time, so that its length costs no memory.
struct PackedColumnReader {
    private var cursor: ByteCursor
    private var left: Int

    /// Takes the column that stands at `cursor`, with so many values.
    init(_ cursor: inout ByteCursor, count: Int) throws(Malformed) {
        let size = try cursor.count("the size of a column")
        self.cursor = ByteCursor(cursor.bytes, try cursor.range(size))
        left = count
    }

    /// Passes over a column without looking at it.
    static func skip(_ cursor: inout ByteCursor) throws(Malformed) {
        _ = try cursor.range(cursor.count("the size of a column"))
    }

    /// The next values, as many as a chunk holds, from `first` of `values` on. 0 after the last.
    ///
    /// - Parameter values: room for ``PackedColumn/chunkSize`` values from `first` on.
    mutating func next(into values: inout [Int64], at first: Int = 0) throws(Malformed) -> Int {
        guard left > 0 else {
            try cursor.requireEnd()
            return 0
        }
        let count = min(left, PackedColumn.chunkSize)
        let base = try cursor.signed()
        let head = try cursor.byte()
        let width = Int(head & 0x7F)
        let isZigzag = head & 0x80 != 0
        let exceptions = Int(try cursor.byte())
        guard width <= 64, exceptions <= count else { throw Malformed("a chunk of a column has a width of \(width)") }
        let packed = try cursor.range((count * width + 7) / 8)
        unpackBits(cursor.bytes, at: packed.lowerBound, width: width, count: count, into: &values, at: first)
        for _ in 0..<exceptions {
            let index = Int(try cursor.byte())
            let high = try cursor.varint()
            guard index < count else { throw Malformed("an exception for value \(index) of \(count)") }
            values[first + index] |= Int64(bitPattern: high << UInt64(width))
        }
        if isZigzag {
            for index in first..<first + count {
                values[index] = Int64(zigzag: UInt64(bitPattern: values[index])) &+ base
            }
        } else if base != 0 {
            for index in first..<first + count { values[index] &+= base }
        }
        left -= count
        return count
    }

    /// All values of a column that is known to be short.
    static func all(_ cursor: inout ByteCursor, count: Int) throws(Malformed) -> [Int64] {
        var reader = try PackedColumnReader(&cursor, count: count)
        var values: [Int64] = []
        var chunk = [Int64](repeating: 0, count: PackedColumn.chunkSize)
        while true {
            let got = try reader.next(into: &chunk)
            if got == 0 { return values }
            values.append(contentsOf: chunk.prefix(got))
        }
    }
}
