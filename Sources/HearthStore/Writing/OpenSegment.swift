internal import HearthFiles
internal import HearthProfile

/// The segment that a writer appends to. It holds the lock of its file.
struct OpenSegment {
    let name: SegmentName
    let file: SegmentFile
    let sampleTypes: [ValueType]
    private let identity: SegmentFile.Status
    /// Where the next record goes: behind the last whole one.
    private(set) var end: Int
    private(set) var summary: SegmentSummary
    private var interner = StoreInterner()
    /// What of the tables is in the file. What a window that was lost added to them comes with the next one.
    private var written = StoreTables.Mark()

    /// - Parameters:
    ///   - file: new, empty and locked.
    ///   - name: that it will have when its header is in it.
    init(_ file: SegmentFile, name: SegmentName, header: ProcessRecord) throws(FileError) {
        self.file = file
        self.name = name
        sampleTypes = header.sampleTypes
        summary = SegmentSummary(columns: header.sampleTypes.count)
        let bytes =
            StoreFormat.magic + [StoreFormat.version] + RecordFrame.framed(.process, header.payload())
        try file.write(bytes, at: 0)
        try file.synchronize()
        end = bytes.count
        identity = try file.status()
    }

    /// Whether the file is still that of its name: the folder may have been removed, or moved away.
    func isAt(_ path: String, in folder: StoreFolder) -> Bool {
        guard let status = folder.status(of: path) else { return false }
        return status.inode == identity.inode && status.device == identity.device
    }

    func isFull(_ limits: StoreLimits) -> Bool {
        end >= limits.effectiveSegmentBytes || interner.byteCount > StoreLimits.tableBytes
            || summary.windowCount >= StoreLimits.segmentWindows || summary.duration >= StoreLimits.segmentDuration
    }

    /// A window ready to be written.
    struct Record {
        fileprivate var bytes: [UInt8]
        fileprivate var window: WindowDescription
        fileprivate var description: ProfileDescription
        fileprivate var rows: [WindowRows.Row]
        fileprivate var mark: StoreTables.Mark

        var size: Int { bytes.count }
    }

    /// Nothing is written yet. O(rows × log rows + what is new to the tables).
    mutating func record(_ profile: Profile, sequence: UInt64, workUnits: Int64?) throws(StoreError) -> Record {
        let columns = sampleTypes.count
        guard profile.samples.count <= StoreFormat.rowLimit else {
            throw .windowTooLarge(bytes: profile.samples.count * 8 * columns, limit: StoreFormat.recordLimit)
        }
        var mapping = ProfileMapping(profile)
        var rows: [WindowRows.Row] = []
        rows.reserveCapacity(profile.samples.count)
        for (source, sample) in profile.samples.enumerated() {
            let series = mapping.series(of: sample, in: &interner)
            rows.append(WindowRows.Row(series: series, block: sample.block.map { Int64($0) + 1 } ?? 0, source: source))
        }
        rows.sort()
        let description = describe(profile)
        let window = WindowDescription(
            sequence: sequence, start: profile.startTime, duration: profile.duration, workUnits: workUnits,
            rows: rows.count, totals: (0..<columns).map { profile.total(column: $0) })
        var payload: [UInt8] = []
        window.append(to: &payload)
        Packing.append(interner.tables.encoded(from: written), to: &payload)
        description.append(to: &payload)
        WindowRows.append(rows, columns: columns, slope: profile.period, to: &payload) { source, column in
            profile.value(row: source, column: column)
        }
        guard payload.count <= StoreFormat.recordLimit else {
            throw .windowTooLarge(bytes: payload.count, limit: StoreFormat.recordLimit)
        }
        return Record(
            bytes: RecordFrame.framed(.window, payload), window: window, description: description, rows: rows,
            mark: interner.tables.mark)
    }

    private mutating func describe(_ profile: Profile) -> ProfileDescription {
        let attributes = profile.attributes.sorted { $0.key < $1.key }.map { key, value in
            ProfileDescription.Attribute(key: interner.intern(key), value: interner.intern(value))
        }
        return ProfileDescription(
            defaultSampleType: profile.defaultSampleType, periodType: interner.intern(profile.periodType.type),
            periodUnit: interner.intern(profile.periodType.unit), period: profile.period,
            blockDuration: profile.blockDuration, attributes: attributes)
    }

    /// Appends a window: when this returns, all of it is in the file. On error the file is as it was, as far as it can be
    /// cut, and the next window may be appended.
    ///
    /// - Parameter profile: that the record was made of.
    mutating func append(_ record: Record, _ profile: Profile) throws(FileError) {
        do throws(FileError) {
            try file.write(record.bytes, at: end)
        } catch {
            try? file.truncate(to: end)
            throw error
        }
        summary.add(
            SegmentIndex.Entry(description: record.window, offset: end, size: record.size), record.description)
        for row in record.rows {
            summary.add(series: row.series) { profile.value(row: row.source, column: $0) }
        }
        end += record.size
        written = record.mark
    }

    /// Writes index, digest and trailer, and gives the file up. Where the disk is full it stays without: readers then look
    /// at every window, and the next writer closes it.
    mutating func close() {
        do throws(FileError) {
            let closing = summary.closing(interner.tables, at: end)
            try file.write(closing, at: end)
            try file.synchronize()
        } catch {
            try? file.truncate(to: end)
        }
        file.close()
    }
}
