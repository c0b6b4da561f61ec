internal import HearthFiles

/// A segment whose writer is gone and has not closed it: killed, or without room on the disk.
struct DeadSegment {
    private let file: SegmentFile
    private var reader: SegmentReader
    private let modified: Int64

    /// Takes the segment's lock; nil for one that is closed, is still written, or cannot be read or written by us.
    init?(_ path: String) {
        guard let file = try? SegmentFile.openForWriting(path), file.tryLock(), let status = try? file.status(),
            let reader = try? SegmentReader(file), reader.trailer == nil
        else { return nil }
        self.file = file
        self.reader = reader
        modified = status.modified
    }

    /// Cuts off a torn tail, which was never a whole window, and closes the segment. Where whole records stand behind what
    /// cannot be read, that is damage and no torn tail: nothing is cut off then. False where it could not be done. O(bytes).
    mutating func close() -> Bool {
        defer { file.close() }
        var summary = SegmentSummary(columns: reader.columns)
        var scan = SegmentScan(reader)
        var damage: Int?
        do throws(SegmentFault) {
            while let window = try scan.next(readsTables: true) {
                do throws(Malformed) {
                    try add(window, scan.tables, to: &summary)
                } catch {
                    throw reader.fault(window.offset, error)
                }
            }
            damage = scan.damage()?.byte
        } catch {
            // A part that cannot be read now may be readable to somebody else.
            if case .file = error.reason { return false }
            damage = error.byte
        }
        // What an earlier closing has left without an end is passed over by readers; behind it is as good a place.
        let end = damage == nil ? scan.offset : reader.size
        do throws(FileError) {
            try file.truncate(to: end)
            try file.write(summary.closing(scan.tables, at: end, damage: damage), at: end)
            try file.synchronize()
        } catch {
            try? file.truncate(to: end)
            file.setModified(modified)
            return false
        }
        file.setModified(modified)
        return true
    }

    private func add(
        _ window: SegmentScan.Window, _ tables: StoreTables, to summary: inout SegmentSummary
    ) throws(Malformed) {
        let body = try WindowBody(window.body, window.description, columns: reader.columns, tables)
        var rows = try body.rows(tables, wantsBlocks: false)
        summary.add(
            SegmentIndex.Entry(description: window.description, offset: window.offset, size: window.size),
            body.description)
        while true {
            let count = try rows.next()
            if count == 0 { return }
            for row in 0..<count {
                summary.add(series: UInt32(rows.series[row])) { rows.values[$0 * PackedColumn.chunkSize + row] }
            }
        }
    }
}
