internal import HearthRuntime

/// What a reader reads, as a stream that a run asks for the next batch while it is at work on others. An end of the asking ends the
/// waiting for input.
///
/// Unchecked: a reader is for one task at a time, and whoever iterates waits for a batch before it asks for the next.
struct DocumentBatches: AsyncSequence, @unchecked Sendable {
    private let reader: DocumentReader

    init(_ reader: DocumentReader) { self.reader = reader }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let reader: DocumentReader

        mutating func next() async throws -> Batch? {
            let interruption = reader.interruption
            return try await withTaskCancellationHandler {
                try reader.next()
            } onCancel: {
                interruption.interrupt()
            }
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(reader: reader) }
}
