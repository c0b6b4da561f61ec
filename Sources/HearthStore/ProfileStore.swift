internal import HearthFiles
public import HearthProfile

/// The windows that services have left in a folder, by time and by label.
///
/// ```swift
/// let store = ProfileStore(folder: "/var/lib/hearth")
/// let (profile, _) = try store.profile(StoreQuery(range: lastHour, labels: [("node", "embed")]))
/// ```
/// Reading takes no lock: a ``StoreWriter`` may append, and segments may be removed meanwhile. A query sees the windows that
/// were appended before it began, less what has been removed since. A value; may be used from any thread.
public struct ProfileStore: Sendable {
    /// As the caller named it.
    public let folder: String
    /// Rows of a result above which a query is refused.
    public var rowLimit = 20_000_000

    public init(folder: String) { self.folder = folder }

    /// The windows of a query: each run's in the order in which they were appended, whatever its clock said; runs by their
    /// first segment. O(segments + windows), and rows where the query asks for labels of samples: totals are then those of
    /// the samples that match, and windows without any are left out.
    public func windows(
        _ query: StoreQuery = StoreQuery()
    ) throws(StoreError) -> (windows: [StoredWindow], notes: StoreNotes) {
        var listing = WindowListing()
        let notes = try visit(query, &listing)
        var order: [UInt64: Int] = [:]
        for window in listing.windows where order[window.run] == nil { order[window.run] = order.count }
        let windows = listing.windows.sorted {
            (order[$0.run] ?? 0, $0.sequence) < (order[$1.run] ?? 0, $1.sequence)
        }
        return (windows, notes)
    }

    /// The sum of the windows of a query, as `Profile.merge` makes it but without the blocks inside of windows; nil where
    /// there is no window. O(rows of the windows), and for segments that lie in the range as a whole O(series of the segment).
    ///
    /// Sample types that only some windows have are 0 in the others. An attribute of more than 16 values is shortened.
    ///
    /// - Parameter blockDuration: nanoseconds: windows that begin in one block of so many, counted from the beginning of the
    ///   range or of the first window, make up a time block of the result. 0 for none.
    public func profile(
        _ query: StoreQuery = StoreQuery(), blockDuration: Int64 = 0
    ) throws(StoreError) -> (profile: Profile?, notes: StoreNotes) {
        var merge = try merge(query, every: blockDuration)
        let notes = try visit(query, &merge)
        if merge.isFull { throw .tooManyRows(limit: rowLimit) }
        return (merge.profile(), notes)
    }

    /// The windows of a query by the time at which they begin, added up for each stretch that has any.
    ///
    /// - Parameter duration: nanoseconds, above 0; counted from the beginning of the range or of the first window.
    public func buckets(
        _ query: StoreQuery = StoreQuery(), every duration: Int64
    ) throws(StoreError) -> (buckets: [StoreBucket], notes: StoreNotes) {
        precondition(duration > 0, "a bucket has a length")
        var merge = try merge(query, every: duration)
        let notes = try visit(query, &merge)
        if merge.isFull { throw .tooManyRows(limit: rowLimit) }
        return (merge.buckets(), notes)
    }

    /// Each window of a query with its samples as they were appended, time blocks included, a segment after the other. Ends
    /// when `body` throws, which is thrown on; else throws ``StoreError``. O(rows + tables of the segments).
    @discardableResult
    public func forEachWindow<Failure: Error>(
        _ query: StoreQuery = StoreQuery(), _ body: (StoredWindow, Profile) throws(Failure) -> Void
    ) throws -> StoreNotes {
        try withoutActuallyEscaping(body) { body in
            var profiles = WindowProfiles(keptLabels: query.keptLabels, body)
            let notes = try visit(query, &profiles)
            if let failure = profiles.failure { throw failure }
            return notes
        }
    }

    private func merge(_ query: StoreQuery, every duration: Int64) throws(StoreError) -> WindowMerge {
        var grouping: WindowMerge.Grouping?
        if duration > 0 {
            let origin: Int64
            if let range = query.range {
                origin = range.lowerBound
            } else {
                var all = StoreQuery()
                all.labels = query.labels
                all.selects = query.selects
                origin = try windows(all).windows.map(\.startTime).min() ?? 0
            }
            grouping = WindowMerge.Grouping(origin: origin, duration: duration)
        }
        return WindowMerge(keptLabels: query.keptLabels, grouping: grouping, rowLimit: rowLimit)
    }

    private func visit(_ query: StoreQuery, _ visitor: inout some SegmentVisitor) throws(StoreError) -> StoreNotes {
        let folder = StoreFolder(path: folder)
        var visit = SegmentVisit(query)
        do throws(FileError) {
            for name in try folder.segments() where !visitor.isDone { visit.visit(folder.path(of: name), &visitor) }
        } catch {
            throw .file(error)
        }
        return visit.notes
    }
}
