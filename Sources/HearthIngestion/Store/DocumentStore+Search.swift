internal import HearthTransformer

extension DocumentStore {
    /// The documents nearest to a text, by the pipeline that made the store.
    ///
    /// - Parameters:
    ///   - filters: what a document must have, all of it.
    ///   - embedder: where the model of the store is found now; nil for where it was when the store was made.
    /// - Throws: ``StoreError``, also for a store whose pipeline is not known here and for a model that is not where it was;
    ///   `TransformerError` for a model that is not where `embedder` says.
    public func search(
        _ text: String, count: Int, filters: [FieldFilter] = [], embedder: EmbedderName? = nil
    ) async throws -> [Neighbour] {
        guard try self.count() > 0 else { return [] }
        let pipeline = try searchPipeline(embedder)
        return try nearest(to: await pipeline.queryVector(text), count: count, filters: filters)
    }

    /// Stores of before there was a choice have that of packages.
    private func recordedDescription() throws(StoreError) -> PipelineDescription {
        guard let text = try description() else { return .packages }
        do {
            return try PipelineDescription(json: Array(text.utf8), path: path)
        } catch {
            throw StoreError(path: path, reason: .otherPipeline)
        }
    }

    private func searchPipeline(_ given: EmbedderName?) throws -> DocumentPipeline {
        // Stores of before there was a choice do not name their embedder.
        let recorded = try embedder() ?? EmbedderName.hashed.description
        guard let name = given ?? EmbedderName(recorded) else { throw StoreError(path: path, reason: .otherPipeline) }
        let found: Embedder
        do {
            found = try name.resolved()
        } catch {
            if given != nil { throw error }
            throw StoreError(path: path, reason: .noModel(recorded, why: error.description))
        }
        let pipeline = DocumentPipeline(embedder: found, description: try recordedDescription())
        if pipeline.fingerprint == (try self.pipeline()) { return pipeline }
        if given == nil && found == .hashed { throw StoreError(path: path, reason: .otherPipeline) }
        throw StoreError(path: path, reason: .otherModel(recorded, given: name.description))
    }
}
