internal import HearthProfile

/// Hands over each window as it was stored, with its blocks.
struct WindowProfiles<Failure: Error>: SegmentVisitor {
    private let keptLabels: Set<String>?
    private let body: (StoredWindow, Profile) throws(Failure) -> Void
    /// What the body threw; no more windows are handed over.
    private(set) var failure: Failure?

    init(keptLabels: Set<String>?, _ body: @escaping (StoredWindow, Profile) throws(Failure) -> Void) {
        self.keptLabels = keptLabels
        self.body = body
    }

    let needsRows = true
    var isDone: Bool { failure != nil }

    func takesWhole(_ windows: [WindowDescription]) -> Bool { false }

    mutating func whole(
        _ digest: SegmentDigest, _ tables: StoreTables, _ windows: [WindowDescription], _ context: inout SegmentContext
    ) {}

    mutating func window(
        _ window: WindowDescription, _ body: WindowBody?, _ tables: StoreTables, _ context: inout SegmentContext
    ) throws(Malformed) {
        guard let body else { return }
        var empty = Profile(body.description, tables, context.header)
        empty.startTime = window.start
        empty.duration = window.duration
        for attribute in body.description.attributes {
            empty.attributes[tables.strings.text(attribute.key)] = tables.strings.text(attribute.value)
        }
        var builder = ProfileBuilder(tables, into: empty, keptLabels: keptLabels)
        let columns = context.header.sampleTypes.count
        var totals = [Int64](repeating: 0, count: columns)
        var values = totals
        var rows = try body.rows(tables, wantsBlocks: true)
        while true {
            let count = try rows.next()
            if count == 0 { break }
            for row in 0..<count where context.filter.allows(Int(rows.series[row])) {
                for column in 0..<columns {
                    values[column] = rows.values[column * PackedColumn.chunkSize + row]
                    totals[column] = saturatingSum(totals[column], values[column])
                }
                let block = rows.blocks[row]
                builder.add(
                    series: UInt32(rows.series[row]), block: block == 0 ? nil : UInt32(block - 1), values: values[...])
            }
        }
        guard context.filter.isDecided || !builder.profile.isEmpty else { return }
        var stored = StoredWindow(window, context.header)
        stored.totals = totals
        do throws(Failure) {
            try self.body(stored, builder.profile)
        } catch {
            failure = error
        }
    }

    mutating func end(_ tables: StoreTables, _ context: inout SegmentContext) {}
}
