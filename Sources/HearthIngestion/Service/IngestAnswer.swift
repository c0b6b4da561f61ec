/// What became of the documents that were given to an ``IngestQueue`` together.
package struct IngestAnswer: Sendable {
    package internal(set) var counts = IngestCounts()
    /// By line; the first ``maximumRejections`` of them.
    package internal(set) var rejections: [RejectedPlace] = []
    /// Why the rest was not done: a ``StoreError``, or what else ended a batch. What is counted is stored all the same.
    package internal(set) var failure: (any Error)?

    package static let maximumRejections = 1_000
}
