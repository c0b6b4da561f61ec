internal import HearthProfile

/// Adds windows up, in one sum or one a group of them.
struct WindowMerge: SegmentVisitor {
    /// Windows that begin in the same stretch of time belong together.
    struct Grouping {
        /// Nanoseconds since 1970 where group 0 begins; what is before belongs to it as well.
        var origin: Int64
        /// Nanoseconds.
        var duration: Int64

        func group(of start: Int64) -> UInt32 {
            let (offset, overflow) = start.subtractingReportingOverflow(origin)
            guard !overflow, offset > 0 else { return 0 }
            return UInt32(clamping: offset / duration)
        }

        func start(of group: UInt32) -> Int64 {
            let (offset, overflow) = Int64(group).multipliedReportingOverflow(by: duration)
            return overflow ? .max : saturatingSum(origin, offset)
        }
    }

    /// What is known of the windows of a group beside their samples.
    struct Extent {
        var windows = 0
        var workUnits: Int64?
        /// Over the windows whose time is known.
        var start = Int64.max
        var end = Int64.min
        /// The sum of all lengths, for where no time is known.
        var duration: Int64 = 0

        mutating func add(_ window: WindowDescription) {
            windows += 1
            if let more = window.workUnits { workUnits = saturatingSum(workUnits ?? 0, more) }
            duration = saturatingSum(duration, window.duration)
            guard window.start > 0 else { return }
            start = min(start, window.start)
            end = max(end, saturatingSum(window.start, window.duration))
        }

        mutating func add(_ other: Extent) {
            windows += other.windows
            if let more = other.workUnits { workUnits = saturatingSum(workUnits ?? 0, more) }
            duration = saturatingSum(duration, other.duration)
            start = min(start, other.start)
            end = max(end, other.end)
        }

        /// As ``Profile/merge(_:)`` has it.
        var time: (start: Int64, duration: Int64) {
            start <= end ? (start, saturatingDifference(end, start)) : (0, duration)
        }
    }

    private struct Row: Equatable {
        var series: UInt32
        var group: UInt32
    }

    private let keptLabels: Set<String>?
    private let grouping: Grouping?
    private let rowLimit: Int

    private var interner = StoreInterner()
    private var types: [ValueType] = []
    private var rows: [Row] = []
    private var rowIndex = InternIndex()
    /// Row-major, as many as there are types.
    private var values: [Int64] = []
    private(set) var extents: [UInt32: Extent] = [:]
    private(set) var isFull = false

    private var first: Profile?
    private var attributes: [String: Set<String>] = [:]

    /// Of the segment that is being visited: only at its end it is known whether any of its samples match.
    private var segment = Segment()
    private var mapping: TableMapping
    private var group: UInt32 = 0

    private struct Segment {
        var totals: SeriesTotals?
        var windows: [WindowDescription] = []
        var description: ProfileDescription?
        var attributes: Set<ProfileDescription.Attribute> = []
        /// Places of its columns among `types`; empty until they are needed.
        var columns: [Int] = []
    }

    /// - Parameter rowLimit: rows of the result.
    init(keptLabels: Set<String>?, grouping: Grouping?, rowLimit: Int) {
        self.keptLabels = keptLabels
        self.grouping = grouping
        self.rowLimit = rowLimit
        mapping = TableMapping(keptLabels: keptLabels)
    }

    let needsRows = true
    var isDone: Bool { isFull }

    // MARK: Visiting

    func takesWhole(_ windows: [WindowDescription]) -> Bool {
        guard let grouping, let first = windows.first else { return true }
        let group = grouping.group(of: first.start)
        return windows.allSatisfy { grouping.group(of: $0.start) == group }
    }

    mutating func whole(
        _ digest: SegmentDigest, _ tables: StoreTables, _ windows: [WindowDescription], _ context: inout SegmentContext
    ) {
        group = grouping?.group(of: windows.first?.start ?? 0) ?? 0
        segment.windows = windows
        segment.description = digest.description
        segment.attributes = Set(digest.attributes)
        let width = context.header.sampleTypes.count
        // A series of a window that was lost has no row.
        for series in tables.series.indices where digest.rowCounts[series] > 0 && context.filter.allows(series) {
            add(UInt32(series), digest.totals[series * width..<(series + 1) * width], tables, context.header)
        }
        finish(tables, context)
    }

    mutating func window(
        _ window: WindowDescription, _ body: WindowBody?, _ tables: StoreTables, _ context: inout SegmentContext
    ) throws(Malformed) {
        guard let body else { return }
        let group = grouping?.group(of: window.start) ?? 0
        if group != self.group { flush(tables, context) }
        self.group = group
        var rows = try body.rows(tables, wantsBlocks: false)
        if segment.totals == nil { segment.totals = SeriesTotals(columns: context.header.sampleTypes.count) }
        // What is malformed in the middle of a window leaves the rows before it in the sum. Its checksum was right, so that
        // is no accident of a disk.
        try segment.totals?.add(&rows, seriesCount: tables.series.count)
        segment.windows.append(window)
        if segment.description == nil { segment.description = body.description }
        segment.attributes.formUnion(body.description.attributes)
    }

    mutating func end(_ tables: StoreTables, _ context: inout SegmentContext) {
        flush(tables, context)
        finish(tables, context)
    }

    /// What the segment says beside its samples, if any of them match.
    private mutating func finish(_ tables: StoreTables, _ context: SegmentContext) {
        if context.filter.allowsAny, let description = segment.description {
            prepareColumns(context.header)
            if first == nil { first = Profile(description, tables, context.header) }
            for attribute in segment.attributes {
                let values = tables.strings.text(attribute.value).split(separator: " | ").map(String.init)
                attributes[tables.strings.text(attribute.key), default: []].formUnion(values)
            }
            for window in segment.windows {
                extents[grouping?.group(of: window.start) ?? 0, default: Extent()].add(window)
            }
        }
        segment = Segment()
        mapping = TableMapping(keptLabels: keptLabels)
    }

    private mutating func prepareColumns(_ header: ProcessRecord) {
        guard segment.columns.isEmpty else { return }
        var added: [ValueType] = []
        var columns: [Int] = []
        for type in header.sampleTypes {
            // A type that stands there twice is two columns.
            let known = types.indices.first { types[$0] == type && !columns.contains($0) }
            columns.append(known ?? types.count + added.count)
            if known == nil { added.append(type) }
        }
        if !added.isEmpty { widen(by: added) }
        segment.columns = columns
    }

    /// Processes may have recorded different sample types: what one has not, counts as 0.
    private mutating func widen(by added: [ValueType]) {
        let old = types.count
        types += added
        guard !rows.isEmpty else { return }
        var wider: [Int64] = []
        wider.reserveCapacity(rows.count * types.count)
        for row in rows.indices {
            wider += values[row * old..<(row + 1) * old]
            wider += repeatElement(0, count: added.count)
        }
        values = wider
    }

    private mutating func flush(_ tables: StoreTables, _ context: SegmentContext) {
        guard var totals = segment.totals else { return }
        segment.totals = nil
        for series in totals.touched where context.filter.allows(Int(series)) {
            add(series, totals.values(of: series), tables, context.header)
        }
        totals.removeAll()
        segment.totals = totals
    }

    private mutating func add(
        _ series: UInt32, _ sums: ArraySlice<Int64>, _ tables: StoreTables, _ header: ProcessRecord
    ) {
        prepareColumns(header)
        guard !isFull else { return }
        let row = Row(series: mapping.series(series, tables, &interner), group: group)
        let hash = Self.hash(row)
        let place: Int
        if let known = rowIndex.find(hash: hash, isEqual: { rows[Int($0)] == row }) {
            place = Int(known)
        } else {
            guard rows.count < rowLimit else {
                isFull = true
                return
            }
            place = rows.count
            rows.append(row)
            values.append(contentsOf: repeatElement(0, count: types.count))
            let rows = rows
            rowIndex.insert(UInt32(place), hash: hash) { Self.hash(rows[Int($0)]) }
        }
        for (column, sum) in zip(segment.columns, sums) {
            let index = place * types.count + column
            values[index] = saturatingSum(values[index], sum)
        }
    }

    private static func hash(_ row: Row) -> UInt64 {
        InternIndex.mix(UInt64(row.group) << 32 | UInt64(row.series))
    }

    // MARK: The result

    /// The sum of all windows, with the groups as blocks; nil where no window was seen.
    func profile() -> Profile? {
        var extent = Extent()
        for group in extents.values { extent.add(group) }
        guard let base = base(extent) else { return nil }
        var builder = ProfileBuilder(interner.tables, into: base)
        let width = types.count
        for (row, key) in rows.enumerated() {
            builder.add(
                series: key.series, block: grouping == nil ? nil : key.group,
                values: values[row * width..<(row + 1) * width])
        }
        return builder.profile
    }

    /// The sum of each group, in the order of time. They share their tables.
    func buckets() -> [StoreBucket] {
        guard let grouping, var base = base(Extent()) else { return [] }
        base.blockDuration = 0
        var builder = ProfileBuilder(interner.tables, into: base)
        let samples = interner.tables.series.indices.map { builder.sample(series: UInt32($0), block: nil) }
        let shared = builder.profile
        let byGroup = Dictionary(grouping: rows.indices) { rows[$0].group }
        return extents.sorted { $0.key < $1.key }.map { group, extent in
            var profile = shared
            (profile.startTime, profile.duration) = extent.time
            for row in byGroup[group] ?? [] {
                profile.add(
                    samples[Int(rows[row].series)], row: values[row * types.count..<(row + 1) * types.count])
            }
            return StoreBucket(
                startTime: grouping.start(of: group), duration: grouping.duration,
                windows: extent.windows, workUnits: extent.workUnits, profile: profile)
        }
    }

    private func base(_ extent: Extent) -> Profile? {
        guard let first else { return nil }
        var profile = Profile(
            sampleTypes: types, defaultSampleType: first.defaultSampleType, periodType: first.periodType,
            period: first.period, blockDuration: grouping?.duration ?? 0)
        (profile.startTime, profile.duration) = extent.time
        if let grouping {
            // Blocks are counted from the start of the profile.
            let end = saturatingSum(profile.startTime, profile.duration)
            profile.startTime = grouping.origin
            profile.duration = max(0, saturatingDifference(end, grouping.origin))
        }
        profile.attributes = attributes.mapValues { StoredAttribute.joined($0) }
        return profile
    }
}
