/// Which samples of a store are meant.
public struct StoreQuery: Sendable {
    /// Windows that have a part in this range, nanoseconds since 1970, belong to it as a whole; all windows where nil. A
    /// window without length belongs where it begins.
    public var range: Range<Int64>?
    /// Samples that have all these labels, as text. A sample has those of its process too, where it has none of that name
    /// itself: `version=1.4` selects by process, `node=embed` by sample.
    public var labels: [(key: String, value: String)]
    /// The labels of samples that the result keeps; all where nil. With an identity a sample, such as `span_id`, every row
    /// of a month is one of its own: leave those out where they are not looked at.
    public var keptLabels: Set<String>?

    /// Whether a window is wanted, by what is said of it; all of them where nil. The totals are those of the whole window. For
    /// what has been appended since a last time, say: `{ $0.run != run || $0.sequence > last }`.
    public var selects: (@Sendable (StoredWindow) -> Bool)?

    public init(
        range: Range<Int64>? = nil, labels: [(key: String, value: String)] = [], keptLabels: Set<String>? = nil
    ) {
        self.range = range
        self.labels = labels
        self.keptLabels = keptLabels
    }

    func covers(_ window: WindowDescription, _ header: ProcessRecord) -> Bool {
        guard covers(start: window.start, duration: window.duration) else { return false }
        return selects.map { $0(StoredWindow(window, header)) } ?? true
    }

    /// Whether a window of this time has a part in the range.
    func covers(start: Int64, duration: Int64) -> Bool {
        guard let range else { return true }
        let (end, overflow) = start.addingReportingOverflow(max(duration, 0))
        guard start < range.upperBound else { return false }
        return start >= range.lowerBound || overflow || end > range.lowerBound
    }
}
