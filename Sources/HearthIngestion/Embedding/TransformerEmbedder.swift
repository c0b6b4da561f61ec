internal import Foundation
public import HearthRuntime
public import HearthTransformer

/// A transformer as a model of the pipeline.
///
/// The same text gives the same vector in every batch; on a processor for which OpenBLAS has other kernels it may differ in the
/// last bits. A value type; safe to use from many threads.
public struct TransformerEmbedder: EmbeddingModel {
    /// A folder with its fingerprint.
    public struct Source: Hashable, Sendable {
        public let folder: TransformerFolder
        public let fingerprint: String

        /// - Parameter folder: kept as an absolute path, since a store that names it is asked from elsewhere.
        public init(folder path: String) throws(TransformerError) {
            let path = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
            folder = try TransformerFolder(path: URL(fileURLWithPath: path).path)
            try folder.checkWeights()
            fingerprint = try Self.fingerprint(of: folder)
        }

        static func fingerprint(of folder: TransformerFolder) throws(TransformerError) -> String {
            var (high, low): (UInt64, UInt64) = (1, 2)
            try folder.forEachFile { bytes in
                high = StableHash.mix(StableHash.hash(bytes, seed: 1), high)
                low = StableHash.mix(StableHash.hash(bytes, seed: 2), low)
            }
            let digits = [high, low].map { word in
                let text = String(word, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }
            return "transformer-1-\(folder.configuration.hiddenSize)-\(digits.joined())"
        }
    }

    public let fingerprint: String
    private let model: TransformerModel

    public init(_ source: Source) throws(TransformerError) {
        model = try TransformerModel(source.folder)
        // What was loaded must be what stores will say made their vectors.
        guard try Source.fingerprint(of: source.folder) == source.fingerprint else {
            throw TransformerError(source.folder.path, .changed)
        }
        fingerprint = source.fingerprint
    }

    public var dimension: Int { model.dimension }
    public var byteCount: Int { model.byteCount }

    public func embed(_ texts: BytesColumn) -> VectorColumn {
        let tokens = (0..<texts.count).map { item in
            texts[item].map { model.tokenizer.tokens(of: String(decoding: $0, as: UTF8.self)) } ?? []
        }
        let values = model.vectors(ofTokens: tokens)
        var vectors = VectorColumn(dimension: dimension)
        vectors.reserve(items: texts.count)
        for item in 0..<texts.count { vectors.append(values[item * dimension..<(item + 1) * dimension]) }
        return vectors
    }
}
