internal import HearthProfile

/// What is written when a segment is closed, gathered as its windows come: while it is written, or when it is read to close
/// it for a writer that died.
struct SegmentSummary {
    private let columns: Int
    private(set) var index = SegmentIndex()
    private var description: ProfileDescription?
    private var attributes: [ProfileDescription.Attribute] = []
    private var seenAttributes: Set<ProfileDescription.Attribute> = []
    private var rowCounts: [Int64] = []
    private var totals: [Int64] = []
    private var rows = 0
    private(set) var duration: Int64 = 0

    init(columns: Int) { self.columns = columns }

    var windowCount: Int { index.entries.count }

    mutating func add(_ entry: SegmentIndex.Entry, _ description: ProfileDescription) {
        index.entries.append(entry)
        duration = saturatingSum(duration, max(entry.description.duration, 0))
        if self.description == nil { self.description = description }
        for attribute in description.attributes where seenAttributes.insert(attribute).inserted {
            attributes.append(attribute)
        }
    }

    /// One row of a window. O(1) on average.
    mutating func add(series: UInt32, value: (_ column: Int) -> Int64) {
        let series = Int(series)
        if rowCounts.count <= series {
            rowCounts.append(contentsOf: repeatElement(0, count: series + 1 - rowCounts.count))
            totals.append(contentsOf: repeatElement(0, count: (series + 1) * columns - totals.count))
        }
        rows += 1
        rowCounts[series] += 1
        for column in 0..<columns {
            let place = series * columns + column
            totals[place] = saturatingSum(totals[place], value(column))
        }
    }

    /// The records that close the segment, for this place in the file.
    ///
    /// - Parameter damage: the byte from which on records could not be read.
    func closing(_ tables: StoreTables, at offset: Int, damage: Int? = nil) -> [UInt8] {
        var index = index
        index.damage = damage
        for set in 1..<max(tables.labelSets.count, 1) {
            for label in tables.labelSets[UInt32(set)] { index.labelKeys.insert(tables.strings.text(label.key)) }
        }
        var bytes = RecordFrame.framed(.index, index.payload(columns: columns))
        var digestOffset = 0
        if let digest = digest(tables) {
            digestOffset = offset + bytes.count
            bytes += RecordFrame.framed(.digest, digest)
        }
        let times = index.entries.map(\.description)
        let trailer = SegmentTrailer(
            indexOffset: offset, digestOffset: digestOffset, start: times.map(\.start).min() ?? 0,
            end: times.map { saturatingSum($0.start, max($0.duration, 0)) }.max() ?? 0)
        bytes += RecordFrame.framed(.trailer, trailer.payload())
        return bytes
    }

    /// Nil where there are nearly as many series as rows: the sum of the windows would save nothing.
    private func digest(_ tables: StoreTables) -> [UInt8]? {
        guard let description, rows >= 2 * tables.series.count else { return nil }
        let missing = tables.series.count - rowCounts.count
        let digest = SegmentDigest(
            description: description, attributes: attributes,
            rowCounts: rowCounts + repeatElement(0, count: missing),
            totals: totals + repeatElement(0, count: missing * columns))
        let payload = digest.payload(tables, columns: columns)
        return payload.count <= StoreFormat.recordLimit ? payload : nil
    }
}
