extension DocumentStore {
    /// The documents nearest to a text, by the pipeline that made the store.
    ///
    /// - Throws: ``StoreError``, also for a store whose pipeline is not known here.
    public func search(_ text: String, count: Int) async throws -> [Neighbour] {
        guard try self.count() > 0 else { return [] }
        let fingerprint = try pipeline()
        let pipelines = Embedder.allCases.map { DocumentPipeline(embedder: $0) }
        guard let pipeline = pipelines.first(where: { $0.fingerprint == fingerprint }) else {
            throw StoreError(path: path, reason: .otherPipeline)
        }
        return try nearest(to: await pipeline.queryVector(text), count: count)
    }
}
