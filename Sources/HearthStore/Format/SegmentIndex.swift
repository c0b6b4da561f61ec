/// Where the windows of a closed segment are, and what is said of each: what a listing reads.
struct SegmentIndex {
    struct Entry: Equatable {
        var description: WindowDescription
        /// The record's place in the file, its header included.
        var offset: Int
        var size: Int
    }

    /// Keys that some sample of the segment has a label of.
    var labelKeys: Set<String> = []
    /// The byte from which on records were found damaged when the segment was closed by somebody else; nil for none.
    var damage: Int?
    var entries: [Entry] = []

    func payload(columns: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: damage ?? 0)
        bytes.append(varint: labelKeys.count)
        for key in labelKeys.sorted() { bytes.append(text: key) }
        bytes.append(varint: entries.count)
        // Every column as the step from the window before, all but nothing where one follows the other.
        func append(_ value: (Entry) -> Int64) {
            var last: Int64 = 0
            PackedColumn.append(
                entries.map { entry in
                    defer { last = value(entry) }
                    return value(entry) &- last
                }, to: &bytes)
        }
        append { Int64(bitPattern: $0.description.sequence) }
        append { $0.description.start }
        append { $0.description.duration }
        append { $0.description.workUnits == nil ? 0 : 1 }
        append { $0.description.workUnits ?? 0 }
        append { Int64($0.description.rows) }
        append { Int64($0.offset) }
        append { Int64($0.size) }
        for column in 0..<columns { append { $0.description.totals[column] } }
        return bytes
    }
}

extension SegmentIndex {
    /// - Parameter fileSize: no record lies beyond.
    init(_ cursor: inout ByteCursor, columns: Int, fileSize: Int) throws(Malformed) {
        let damage = try cursor.number(upTo: fileSize, "the byte of the damage")
        self.damage = damage == 0 ? nil : damage
        for _ in 0..<(try cursor.count("the number of label keys")) { labelKeys.insert(try cursor.text()) }
        let count = try cursor.number(upTo: StoreFormat.windowLimit, "the number of windows")
        var table: [[Int64]] = []
        for _ in 0..<(8 + columns) {
            var last: Int64 = 0
            table.append(
                try PackedColumnReader.all(&cursor, count: count).map { step in
                    last &+= step
                    return last
                })
        }
        entries.reserveCapacity(count)
        for row in 0..<count {
            let (rows, offset, size) = (table[5][row], table[6][row], table[7][row])
            guard rows >= 0, rows <= StoreFormat.rowLimit, offset >= StoreFormat.fileHeaderSize,
                size >= RecordFrame.headerSize, size <= StoreFormat.recordLimit + RecordFrame.headerSize,
                offset <= fileSize - Int(size)
            else { throw Malformed("window \(row) at byte \(offset) with \(size) bytes and \(rows) rows") }
            entries.append(
                Entry(
                    description: WindowDescription(
                        sequence: UInt64(bitPattern: table[0][row]), start: table[1][row], duration: table[2][row],
                        workUnits: table[3][row] == 0 ? nil : table[4][row], rows: Int(rows),
                        totals: (8..<8 + columns).map { table[$0][row] }),
                    offset: Int(offset), size: Int(size)))
        }
    }
}

/// The end of a closed segment: where its index and its digest are, and what time it spans.
struct SegmentTrailer: Equatable {
    var indexOffset: Int
    /// 0 where there is no digest.
    var digestOffset: Int
    /// The earliest start and the latest end of a window; both 0 without windows.
    var start: Int64
    var end: Int64

    static let payloadSize = 32
    static let size = RecordFrame.headerSize + payloadSize

    func payload() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(fixed: UInt64(indexOffset))
        bytes.append(fixed: UInt64(digestOffset))
        bytes.append(fixed: start)
        bytes.append(fixed: end)
        return bytes
    }
}

extension SegmentTrailer {
    init(_ cursor: inout ByteCursor, fileSize: Int) throws(Malformed) {
        let index = try cursor.fixed(UInt64.self)
        let digest = try cursor.fixed(UInt64.self)
        guard index <= UInt64(fileSize), digest <= UInt64(fileSize) else {
            throw Malformed("an index at byte \(index) and a digest at byte \(digest)")
        }
        indexOffset = Int(index)
        digestOffset = Int(digest)
        start = try cursor.fixed(Int64.self)
        end = try cursor.fixed(Int64.self)
    }
}
