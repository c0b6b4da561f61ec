/// The windows of a segment in the order in which they were written, with the tables as far as they have come: for segments
/// that are not closed, and to close them.
struct SegmentScan {
    struct Window {
        var offset: Int
        var size: Int
        var description: WindowDescription
        /// What stands behind the description.
        var body: ByteCursor
    }

    private(set) var reader: SegmentReader
    /// As of the last window.
    private(set) var tables = StoreTables()
    /// Where the next record begins; after the last one, where whole records end.
    private(set) var offset: Int

    init(_ reader: SegmentReader) {
        self.reader = reader
        offset = reader.firstRecord
    }

    /// The next window; nil where no whole record follows. Whether that is the end, a tail that is being written or was torn,
    /// or damage, ``damage()`` tells.
    ///
    /// - Parameter readsTables: false where the tables are not looked at later either.
    mutating func next(readsTables: Bool) throws(SegmentFault) -> Window? {
        while offset < reader.size {
            let record: SegmentReader.Record
            do throws(SegmentFault) {
                record = try reader.record(at: offset)
            } catch {
                guard error.reason == .damaged else { throw error }
                return nil
            }
            let start = offset
            offset += record.size
            // What is not a window is of a closing that was not finished, or of a later version.
            guard record.kind == StoreFormat.RecordKind.window.rawValue else { continue }
            do throws(Malformed) {
                var body = record.payload
                let description = try WindowDescription(&body, columns: reader.columns)
                if readsTables {
                    var part = try Packing.part(&body)
                    try tables.decode(&part)
                } else {
                    try Packing.skip(&body)
                }
                return Window(offset: start, size: record.size, description: description, body: body)
            } catch {
                offset = start
                throw reader.fault(start, error)
            }
        }
        return nil
    }

    /// The fault at which the scan stopped before the end of the segment, where it is more than a torn tail. O(bytes
    /// behind).
    mutating func damage() -> SegmentFault? {
        guard offset < reader.size, reader.hasRecord(after: offset) else { return nil }
        return SegmentFault(path: reader.file.path, byte: offset, reason: .damaged)
    }
}
