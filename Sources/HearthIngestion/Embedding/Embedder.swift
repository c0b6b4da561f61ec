public import HearthTransformer

/// A model that is there and can be loaded.
public enum Embedder: Hashable, Sendable {
    /// Hashed word and character n-grams, projected by seeded signs.
    case hashed
    /// A model of the BERT family in a folder of the user's.
    case transformer(TransformerEmbedder.Source)

    public func load() throws -> any EmbeddingModel {
        switch self {
        case .hashed: HashedEmbedder()
        case .transformer(let source): try TransformerEmbedder(source)
        }
    }

    /// Of the vectors that the model will give, without loading it.
    public var dimension: Int {
        switch self {
        case .hashed: HashedEmbedder.defaultDimension
        case .transformer(let source): source.folder.configuration.hiddenSize
        }
    }

    /// How a person asks for it.
    public var name: EmbedderName {
        switch self {
        case .hashed: .hashed
        case .transformer(let source): .transformer(folder: source.folder.path)
        }
    }

    /// What stands for the model in the fingerprint of a pipeline: of a folder its files, and not where it is.
    var identity: String {
        switch self {
        case .hashed: "hashed"
        case .transformer(let source): source.fingerprint
        }
    }
}

/// How a model is asked for: `hashed`, or `transformer:` with a folder.
public enum EmbedderName: Hashable, Sendable, CustomStringConvertible {
    case hashed
    case transformer(folder: String)

    private static let transformer = "transformer:"

    /// Nil for what is neither.
    public init?(_ text: String) {
        if text == "hashed" {
            self = .hashed
        } else if text.hasPrefix(Self.transformer), text.count > Self.transformer.count {
            self = .transformer(folder: String(text.dropFirst(Self.transformer.count)))
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .hashed: "hashed"
        case .transformer(let folder): Self.transformer + folder
        }
    }

    /// Looks whether the model is there and takes its fingerprint. O(size of its files), the weights are not kept.
    public func resolved() throws(TransformerError) -> Embedder {
        switch self {
        case .hashed: .hashed
        case .transformer(let folder): .transformer(try TransformerEmbedder.Source(folder: folder))
        }
    }
}
