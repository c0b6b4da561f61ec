internal import HearthFiles

/// What is done with the windows that a query selects.
protocol SegmentVisitor {
    /// Whether rows are looked at even where the filter is decided without them.
    var needsRows: Bool { get }
    /// Nothing more is wanted.
    var isDone: Bool { get }

    /// Whether the sum of these windows, all of a segment, serves as well as each of them.
    func takesWhole(_ windows: [WindowDescription]) -> Bool

    mutating func whole(
        _ digest: SegmentDigest, _ tables: StoreTables, _ windows: [WindowDescription], _ context: inout SegmentContext)

    /// - Parameter body: nil where rows are not needed.
    mutating func window(
        _ window: WindowDescription, _ body: WindowBody?, _ tables: StoreTables, _ context: inout SegmentContext
    ) throws(Malformed)

    /// After the last window of a segment.
    mutating func end(_ tables: StoreTables, _ context: inout SegmentContext)
}

/// The segment whose windows are visited.
struct SegmentContext {
    let header: ProcessRecord
    var filter: SeriesFilter
}

/// Shows a visitor what a query selects of one segment after the other; what cannot be read is noted and passed over.
struct SegmentVisit {
    let query: StoreQuery
    private(set) var notes = StoreNotes()

    init(_ query: StoreQuery) { self.query = query }

    mutating func visit(_ path: String, _ visitor: inout some SegmentVisitor) {
        do throws(SegmentFault) {
            guard let file = try open(path) else { return }
            var reader = try SegmentReader(file)
            guard let trailer = reader.trailer else { return try scan(reader, labelKeys: nil, &visitor) }
            guard query.range.map({ overlaps(trailer, $0) }) ?? true else { return }
            // The windows are the truth, index and digest only save time.
            guard let index = try? index(&reader, trailer) else { return try scan(reader, labelKeys: nil, &visitor) }
            try visit(&reader, trailer, index, &visitor)
        } catch {
            notes.add(error)
        }
    }

    /// Nil for a segment that has been removed since the folder was listed.
    private func open(_ path: String) throws(SegmentFault) -> SegmentFile? {
        do throws(FileError) {
            return try SegmentFile.open(path)
        } catch {
            if error.isMissing { return nil }
            throw SegmentFault(path: path, byte: 0, reason: .file(error))
        }
    }

    private func overlaps(_ trailer: SegmentTrailer, _ range: Range<Int64>) -> Bool {
        trailer.start < range.upperBound && trailer.end >= range.lowerBound
    }

    private func index(_ reader: inout SegmentReader, _ trailer: SegmentTrailer) throws(SegmentFault) -> SegmentIndex {
        var payload = try reader.record(.index, at: trailer.indexOffset).payload
        do throws(Malformed) {
            return try SegmentIndex(&payload, columns: reader.columns, fileSize: reader.size)
        } catch {
            throw reader.fault(trailer.indexOffset, error)
        }
    }

    // MARK: Closed segments

    private mutating func visit(
        _ reader: inout SegmentReader, _ trailer: SegmentTrailer, _ index: SegmentIndex,
        _ visitor: inout some SegmentVisitor
    ) throws(SegmentFault) {
        let filter = SeriesFilter(query, reader.header.process, labelKeys: index.labelKeys)
        guard !filter.isNothing else { return }
        let selected = index.entries.filter { query.covers($0.description, reader.header) }
        guard !selected.isEmpty else { return }
        var context = SegmentContext(header: reader.header, filter: filter)
        guard visitor.needsRows || !filter.isDecided else {
            note(index.damage, reader)
            for entry in selected where !visitor.isDone {
                note(entry.offset, reader) { () throws(Malformed) in
                    try visitor.window(entry.description, nil, StoreTables(), &context)
                }
            }
            return visitor.end(StoreTables(), &context)
        }
        guard trailer.digestOffset > 0, let digest = try? reader.record(.digest, at: trailer.digestOffset),
            case var payload = digest.payload, let tables = try? SegmentDigest.tables(&payload)
        else { return try scan(reader, labelKeys: index.labelKeys, &visitor) }
        note(index.damage, reader)
        context.filter.extend(tables)
        let windows = selected.map(\.description)
        if selected.count == index.entries.count, visitor.takesWhole(windows),
            let digest = try? SegmentDigest(&payload, tables, columns: reader.columns)
        {
            visitor.whole(digest, tables, windows, &context)
            return
        }
        for entry in selected where !visitor.isDone {
            do throws(SegmentFault) {
                try visit(entry, &reader, tables, &visitor, &context)
            } catch {
                // Only this window: the tables are those of the digest.
                notes.add(error)
            }
        }
        visitor.end(tables, &context)
    }

    private func visit(
        _ entry: SegmentIndex.Entry, _ reader: inout SegmentReader, _ tables: StoreTables,
        _ visitor: inout some SegmentVisitor, _ context: inout SegmentContext
    ) throws(SegmentFault) {
        var cursor = try reader.record(.window, at: entry.offset).payload
        do throws(Malformed) {
            let window = try WindowDescription(&cursor, columns: reader.columns)
            try Packing.skip(&cursor)
            let body = try WindowBody(cursor, window, columns: reader.columns, tables)
            try visitor.window(window, body, tables, &context)
        } catch {
            throw reader.fault(entry.offset, error)
        }
    }

    // MARK: Segments that are not closed

    private mutating func scan(
        _ reader: SegmentReader, labelKeys: Set<String>?, _ visitor: inout some SegmentVisitor
    ) throws(SegmentFault) {
        let filter = SeriesFilter(query, reader.header.process, labelKeys: labelKeys)
        var context = SegmentContext(header: reader.header, filter: filter)
        guard !filter.isNothing else { return }
        let needsRows = visitor.needsRows || !filter.isDecided
        var scan = SegmentScan(reader)
        do throws(SegmentFault) {
            while !visitor.isDone, let window = try scan.next(readsTables: needsRows) {
                guard query.covers(window.description, reader.header) else { continue }
                if needsRows { context.filter.extend(scan.tables) }
                let tables = scan.tables
                note(window.offset, reader) { () throws(Malformed) in
                    let body =
                        needsRows
                        ? try WindowBody(window.body, window.description, columns: reader.columns, tables) : nil
                    try visitor.window(window.description, body, tables, &context)
                }
            }
            if !visitor.isDone, let damage = scan.damage() { notes.add(damage) }
        } catch {
            notes.add(error)
        }
        visitor.end(scan.tables, &context)
    }

    /// What whoever closed the segment could not read. A scan meets it itself.
    private mutating func note(_ damage: Int?, _ reader: SegmentReader) {
        guard let damage else { return }
        notes.add(SegmentFault(path: reader.file.path, byte: damage, reason: .damaged))
    }

    private mutating func note(_ offset: Int, _ reader: SegmentReader, _ body: () throws(Malformed) -> Void) {
        do throws(Malformed) {
            try body()
        } catch {
            notes.add(reader.fault(offset, error))
        }
    }
}

/// A window's record behind the tables.
struct WindowBody {
    let description: ProfileDescription
    private let rowCount: Int
    private let columns: Int
    private let cursor: ByteCursor

    /// - Parameters:
    ///   - cursor: behind the tables' part.
    ///   - tables: with what this record adds.
    init(
        _ cursor: ByteCursor, _ window: WindowDescription, columns: Int, _ tables: StoreTables
    ) throws(Malformed) {
        var cursor = cursor
        description = try ProfileDescription(&cursor, columns: columns, strings: tables.strings.count)
        rowCount = window.rows
        self.columns = columns
        self.cursor = cursor
    }

    func rows(_ tables: StoreTables, wantsBlocks: Bool) throws(Malformed) -> WindowRowsReader {
        var cursor = cursor
        return try WindowRowsReader(
            &cursor, rows: rowCount, columns: columns, seriesCount: tables.series.count, wantsBlocks: wantsBlocks)
    }
}
