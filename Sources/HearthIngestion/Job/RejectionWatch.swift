internal import Synchronization

/// Counts what batches come to, in the order in which they are stored, and lets no more of them into the store once too many documents
/// were set aside: the next ones are on their way by then. Thread-safe.
package final class RejectionWatch: Sendable {
    private let limit: RejectionLimit
    private let counts = Mutex(IngestCounts())

    init(_ limit: RejectionLimit) { self.limit = limit }

    /// To be asked before a batch is stored.
    func check() throws(TooManyRejected) {
        if counts.withLock({ limit.isBeyondHope($0) }) { throw TooManyRejected() }
    }

    /// A batch has been stored, or all that an earlier run stored.
    func count(_ done: IngestCounts) {
        counts.withLock { counts in
            counts.read += done.read
            counts.rejected += done.rejected
        }
    }
}

/// The end of a run whose input is another thing than it should be.
struct TooManyRejected: Error {}
