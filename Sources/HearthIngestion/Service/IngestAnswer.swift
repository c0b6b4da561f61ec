/// What became of the documents that were given to an ``IngestQueue`` together.
package struct IngestAnswer: Sendable {
    /// A document that was set aside.
    package struct RejectedLine: Hashable, Sendable {
        /// Of the text that was given, from 1.
        package var line: Int
        /// Of the fault, from the start of the text.
        package var byte: Int
        package var node: String
        package var reason: String
    }

    package internal(set) var counts = IngestCounts()
    /// By line; the first ``maximumRejections`` of them.
    package internal(set) var rejections: [RejectedLine] = []
    /// Why the rest was not done: a ``StoreError``, or what else ended a batch. What is counted is stored all the same.
    package internal(set) var failure: (any Error)?

    package static let maximumRejections = 1_000
}
