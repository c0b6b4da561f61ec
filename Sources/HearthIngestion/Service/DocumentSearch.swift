/// Queries of a store that another connection writes to meanwhile, one after the other: each reads every vector, and several at once
/// would take all threads of the pool from the writer.
package actor DocumentSearch {
    private let store: DocumentStore
    private nonisolated let pipeline: DocumentPipeline

    /// - Parameter pipeline: the one that makes the store.
    package init(store path: String, pipeline: DocumentPipeline) throws(StoreError) {
        store = try DocumentStore(readingPath: path)
        self.pipeline = pipeline
    }

    /// The documents nearest to a text, best first, as ``DocumentStore/nearest(to:count:filters:)`` finds them.
    ///
    /// - Throws: ``StoreError``, and what the model throws.
    package nonisolated func nearest(_ text: String, count: Int, filters: [FieldFilter]) async throws -> [Neighbour] {
        try await nearest(to: pipeline.queryVector(text), count: count, filters: filters)
    }

    private func nearest(
        to vector: [Float], count: Int, filters: [FieldFilter]
    ) throws(StoreError) -> [Neighbour] {
        try store.nearest(to: vector, count: count, filters: filters)
    }

    package func count() throws(StoreError) -> Int { try store.count() }

    package func close() throws(StoreError) { try store.close() }
}
