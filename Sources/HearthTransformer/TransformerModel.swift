internal import HearthFiles

/// A loaded model: texts → vectors of unit length, the mean of what the last layer says of their tokens.
///
/// The same text gives the same vector whatever else is in its batch: see Docs/Embedding.md for how exact that is. A value type
/// that is only read; safe to use from many threads, each call with its own memory.
public struct TransformerModel: Sendable {
    public let tokenizer: WordPieceTokenizer
    public let configuration: TransformerConfiguration
    /// Tokens that go through the layers together at most, unless one text has more.
    public var maximumBatchTokens: Int
    private let weights: TransformerWeights

    /// What a pass holds is read and written again in every layer: with more tokens it leaves the processor's caches.
    public static let defaultBatchTokens = 1024

    /// Loads a model. O(size of the weights).
    public init(
        _ folder: TransformerFolder, maximumBatchTokens: Int = TransformerModel.defaultBatchTokens
    ) throws(TransformerError) {
        configuration = folder.configuration
        tokenizer = WordPieceTokenizer(
            try folder.vocabulary(), maximumTokens: folder.maximumTokens,
            words: BasicTokenizer(
                lowercases: folder.lowercases, stripsAccents: folder.stripsAccents,
                separatesIdeographs: folder.separatesIdeographs))
        let (shape, path) = (folder.configuration, folder.weightsPath)
        weights = try folder.weights().withBytes { bytes throws(TransformerError) in
            try TransformerWeights(Safetensors(bytes, path: path), of: bytes, shape)
        }
        self.maximumBatchTokens = max(1, maximumBatchTokens)
        precondition(MatrixProduct.isSetUp)
    }

    public var dimension: Int { configuration.hiddenSize }
    /// Memory of the weights.
    public var byteCount: Int { weights.byteCount }

    /// One vector a text, end to end; zeros for a text without a word.
    public func vectors(of texts: [String]) -> [Float] { vectors(ofTokens: texts.map(tokenizer.tokens)) }

    /// One vector a list of tokens, end to end; zeros for an empty list. Takes them by length, as many at a time as
    /// ``maximumBatchTokens`` allows.
    ///
    /// - Parameter tokens: as ``WordPieceTokenizer/tokens(of:)`` gives them.
    public func vectors(ofTokens tokens: [[Int32]]) -> [Float] {
        var vectors = Array(repeating: Float(0), count: tokens.count * dimension)
        for batch in Self.batches(tokens.map(\.count), atMost: maximumBatchTokens) {
            var pass = ForwardPass(
                batch.map { tokens[$0].prefix(configuration.maximumPositions) }, configuration, weights)
            let found = pass.run()
            for (place, item) in batch.enumerated() {
                vectors.replaceSubrange(
                    item * dimension..<(item + 1) * dimension, with: found[place * dimension..<(place + 1) * dimension])
            }
        }
        return vectors
    }

    /// Items by length, cut where a batch would have more tokens than it may. Items without tokens are in none.
    static func batches(_ lengths: [Int], atMost limit: Int) -> [[Int]] {
        var batches: [[Int]] = []
        var batch: [Int] = []
        var tokens = 0
        for item in lengths.indices.filter({ lengths[$0] > 0 }).sorted(by: { (lengths[$0], $0) < (lengths[$1], $1) }) {
            if !batch.isEmpty, tokens + lengths[item] > limit {
                batches.append(batch)
                batch = []
                tokens = 0
            }
            batch.append(item)
            tokens += lengths[item]
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }
}

/// The library that multiplies matrices for all models of this process.
public enum MatrixLibrary {
    /// What it calls the kernels that it has chosen for this processor.
    public static var kernels: String { MatrixProduct.kernels }

    /// What to do where the library did not see what the processor can; nil where all is well.
    ///
    /// OpenBLAS chooses as it is loaded, before any code of a program that links it, so only the environment can help.
    public static var advice: String? {
        MatrixProduct.wastesAVX512
            ? "OpenBLAS has chosen its \(kernels) kernels though there is AVX-512: set OPENBLAS_CORETYPE=SkylakeX" : nil
    }
}
