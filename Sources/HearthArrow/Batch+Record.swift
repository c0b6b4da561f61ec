public import HearthRuntime

extension RecordColumn {
    /// The columns of a batch side by side, as a record batch of Arrow's. What the batch rejects is not told.
    ///
    /// - Precondition: each has an item for each of the batch.
    public init(_ batch: Batch) { self.init(count: batch.count, columns: batch.columns) }

    /// Columns of what a pipeline made of a batch, all of them or those named. Items that were rejected are in it and mean nothing.
    public init(_ result: BatchResult, names: Set<String>? = nil) {
        let columns = result.columns.lazy.filter { names?.contains($0.name) ?? true }.map { ($0.name, $0.column) }
        self.init(count: result.count, columns: Dictionary(uniqueKeysWithValues: columns))
    }
}

extension Batch {
    /// A record as a batch for a pipeline: each column of it a source.
    public init(_ record: RecordColumn) { self.init(columns: record.columns, count: record.count) }
}
