internal import HearthStore

/// Which samples of a store a command looks at.
struct StoreSelection {
    /// Windows that have a part in this time; all where nil.
    var bounds: Range<Int64>?
    /// Windows that begin in one of these stretches, so that stretches that meet share none; all where empty.
    var stretches: [Range<Int64>] = []
    /// As ``StoreQuery/labels`` has them.
    var labels: [(key: String, value: String)] = []

    /// - Parameter selects: which of the windows.
    func query(
        keeping keptLabels: Set<String>? = [], selects: (@Sendable (StoredWindow) -> Bool)? = nil
    ) -> StoreQuery {
        var query = StoreQuery(range: range, labels: labels, keptLabels: keptLabels)
        let stretches = stretches
        if stretches.isEmpty {
            query.selects = selects
        } else {
            query.selects = { window in
                stretches.contains { $0.contains(window.startTime) } && selects?(window) ?? true
            }
        }
        return query
    }

    /// All that the bounds and the stretches reach over; empty where they do not meet.
    var range: Range<Int64>? {
        guard let first = stretches.first else { return bounds }
        let hull = stretches.reduce(first) { min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound) }
        return bounds.map { hull.clamped(to: $0) } ?? hull
    }

    var withoutLabels: StoreSelection {
        var selection = self
        selection.labels = []
        return selection
    }

    /// The conditions as typed: `version=1.4, node=embed`.
    var labelText: String { labels.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") }
}
