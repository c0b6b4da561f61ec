public import HearthRuntime

/// Turns texts to vectors of unit length, so that near texts have near vectors.
///
/// The same text gives the same vector in every run, in every batch and on every machine.
public protocol EmbeddingModel: Model {
    /// What was used to make a vector; two models with one fingerprint give the same vectors.
    var fingerprint: String { get }
    var dimension: Int { get }

    /// One vector a text; a null or a text without anything to go by gives zeros.
    func embed(_ texts: BytesColumn) throws -> VectorColumn
}

extension EmbeddingModel {
    /// The vectors of a column of texts.
    public func evaluate(_ values: Column) async throws -> NodeOutput {
        guard case .text(let texts) = values.content else {
            throw RuntimeError.wrongColumn(name: fingerprint, detail: "takes texts and was given \(values.type)")
        }
        return NodeOutput(.vector(try embed(texts)))
    }
}

/// The models that can be asked for by name.
public enum Embedder: String, Hashable, Sendable, CaseIterable {
    /// Hashed word and character n-grams, projected by seeded signs.
    case hashed

    public func load() -> any EmbeddingModel {
        switch self {
        case .hashed: HashedEmbedder()
        }
    }

    /// Of the vectors that the model will give, without loading it.
    public var dimension: Int {
        switch self {
        case .hashed: HashedEmbedder.defaultDimension
        }
    }
}
