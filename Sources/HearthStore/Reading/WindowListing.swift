internal import HearthProfile

/// Makes the list of windows. Rows are looked at only where labels of samples are asked for.
struct WindowListing: SegmentVisitor {
    private(set) var windows: [StoredWindow] = []

    let needsRows = false
    let isDone = false

    func takesWhole(_ windows: [WindowDescription]) -> Bool { false }

    mutating func whole(
        _ digest: SegmentDigest, _ tables: StoreTables, _ windows: [WindowDescription], _ context: inout SegmentContext
    ) {}

    mutating func window(
        _ window: WindowDescription, _ body: WindowBody?, _ tables: StoreTables, _ context: inout SegmentContext
    ) throws(Malformed) {
        var stored = StoredWindow(window, context.header)
        if let body {
            guard let totals = try totals(body, tables, context) else { return }
            stored.totals = totals
        }
        windows.append(stored)
    }

    mutating func end(_ tables: StoreTables, _ context: inout SegmentContext) {}

    /// The sums of the rows that match; nil where none does.
    private func totals(
        _ body: WindowBody, _ tables: StoreTables, _ context: SegmentContext
    ) throws(Malformed) -> [Int64]? {
        let columns = context.header.sampleTypes.count
        var totals = [Int64](repeating: 0, count: columns)
        var isEmpty = true
        var rows = try body.rows(tables, wantsBlocks: false)
        while true {
            let count = try rows.next()
            if count == 0 { return isEmpty ? nil : totals }
            for row in 0..<count where context.filter.allows(Int(rows.series[row])) {
                isEmpty = false
                for column in 0..<columns {
                    totals[column] = saturatingSum(totals[column], rows.values[column * PackedColumn.chunkSize + row])
                }
            }
        }
    }
}

extension StoredWindow {
    init(_ window: WindowDescription, _ header: ProcessRecord) {
        self.init(
            process: header.process, run: header.run, sequence: window.sequence, startTime: window.start,
            duration: window.duration, sampleTypes: header.sampleTypes, totals: window.totals,
            workUnits: window.workUnits)
    }
}
