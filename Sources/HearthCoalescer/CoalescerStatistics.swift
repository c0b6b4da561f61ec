/// What a ``Coalescer`` has done, and what is there now; copied at one moment.
public struct CoalescerStatistics: Hashable, Sendable {
    /// Batches that went out; the closure was not called for those whose callers were all cancelled just then.
    public var batches = 0
    /// Items that went out in them.
    public var items = 0
    /// Items of the largest batch.
    public var largestBatch = 0
    /// The time from each item's arrival to when it went out, added up.
    public var waited = Duration.zero
    /// The longest of these times.
    public var longestWait = Duration.zero
    /// Calls of the closure for parts of batches that had thrown.
    public var retries = 0
    /// Callers that were cancelled before they had a value.
    public var cancelled = 0
    /// Items that have not gone out.
    public var waiting = 0
    /// Batches that are being evaluated.
    public var running = 0

    /// All zero.
    public init() {}

    /// Items of a batch, on average; 0 before the first.
    public var meanBatch: Double { batches == 0 ? 0 : Double(items) / Double(batches) }

    mutating func count(_ size: Int, longestWait wait: Duration) {
        batches += 1
        items += size
        largestBatch = max(largestBatch, size)
        longestWait = max(longestWait, wait)
    }
}

/// A batch that goes out, for an observer.
public struct CoalescedBatch: Hashable, Sendable {
    /// How many items it holds.
    public let items: Int
    /// How long the first of them has waited.
    public let waited: Duration
}
