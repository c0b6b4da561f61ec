internal import Foundation
internal import HearthFiles

/// The shape of a model of the BERT family, as `config.json` has it.
public struct TransformerConfiguration: Hashable, Sendable {
    public var hiddenSize: Int
    public var layerCount: Int
    public var headCount: Int
    public var intermediateSize: Int
    public var vocabularySize: Int
    /// Tokens of a text at most, with the two marks at its ends.
    public var maximumPositions: Int
    public var typeCount: Int
    public var layerNormEpsilon: Float

    public init(
        hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int, vocabularySize: Int,
        maximumPositions: Int, typeCount: Int = 2, layerNormEpsilon: Float = 1e-12
    ) {
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.intermediateSize = intermediateSize
        self.vocabularySize = vocabularySize
        self.maximumPositions = maximumPositions
        self.typeCount = typeCount
        self.layerNormEpsilon = layerNormEpsilon
    }

    /// What `config.json` may have; anything else in it says nothing about the vectors.
    private struct File: Decodable {
        var modelType: String?
        var hiddenSize: Int?
        var numHiddenLayers: Int?
        var numAttentionHeads: Int?
        var intermediateSize: Int?
        var vocabSize: Int?
        var maxPositionEmbeddings: Int?
        var typeVocabSize: Int?
        var layerNormEps: Double?
        var hiddenAct: String?
        var positionEmbeddingType: String?

        enum CodingKeys: String, CodingKey {
            case modelType = "model_type"
            case hiddenSize = "hidden_size"
            case numHiddenLayers = "num_hidden_layers"
            case numAttentionHeads = "num_attention_heads"
            case intermediateSize = "intermediate_size"
            case vocabSize = "vocab_size"
            case maxPositionEmbeddings = "max_position_embeddings"
            case typeVocabSize = "type_vocab_size"
            case layerNormEps = "layer_norm_eps"
            case hiddenAct = "hidden_act"
            case positionEmbeddingType = "position_embedding_type"
        }
    }

    /// - Parameters:
    ///   - json: the bytes of `config.json`.
    ///   - path: for messages.
    public init(json: [UInt8], path: String) throws(TransformerError) {
        let file: File = try decode(json, path: path)
        func need(_ value: Int?, _ name: String, _ range: ClosedRange<Int>) throws(TransformerError) -> Int {
            guard let value else { throw TransformerError(path, .missing(name)) }
            guard range.contains(value) else {
                throw TransformerError(
                    path, .unsupported("\(name) is \(value), not \(range.lowerBound) to \(range.upperBound)"))
            }
            return value
        }
        func need(_ value: String?, _ name: String, only wanted: String) throws(TransformerError) {
            if let value, value != wanted {
                throw TransformerError(path, .unsupported("\(name) is \(value), only \(wanted) is known"))
            }
        }
        try need(file.modelType, "model_type", only: "bert")
        try need(file.hiddenAct, "hidden_act", only: "gelu")
        try need(file.positionEmbeddingType, "position_embedding_type", only: "absolute")
        hiddenSize = try need(file.hiddenSize, "hidden_size", 8...8192)
        layerCount = try need(file.numHiddenLayers, "num_hidden_layers", 1...128)
        headCount = try need(file.numAttentionHeads, "num_attention_heads", 1...256)
        intermediateSize = try need(file.intermediateSize, "intermediate_size", 8...65_536)
        vocabularySize = try need(file.vocabSize, "vocab_size", 1...4_000_000)
        maximumPositions = try need(file.maxPositionEmbeddings, "max_position_embeddings", 3...65_536)
        typeCount = try need(file.typeVocabSize ?? 2, "type_vocab_size", 1...256)
        let epsilon = file.layerNormEps ?? 1e-12
        guard epsilon >= 0, epsilon <= 1 else {
            throw TransformerError(path, .unsupported("layer_norm_eps is \(epsilon), not 0 to 1"))
        }
        layerNormEpsilon = Float(epsilon)
        for (name, size) in [("hidden_size", hiddenSize), ("intermediate_size", intermediateSize)] where size % 8 != 0 {
            throw TransformerError(path, .unsupported("\(name) is \(size), no multiple of 8"))
        }
        guard hiddenSize % headCount == 0 else {
            throw TransformerError(
                path, .unsupported("hidden_size \(hiddenSize) is no multiple of num_attention_heads \(headCount)"))
        }
    }
}

/// Reads JSON that must be an object.
func decode<Value: Decodable>(_ json: [UInt8], path: String) throws(TransformerError) -> Value {
    do {
        return try JSONDecoder().decode(Value.self, from: Data(json))
    } catch DecodingError.typeMismatch(_, let context) {
        let member = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw TransformerError(
            path, .malformed(member.isEmpty ? "it is no JSON object" : "\(member) has the wrong type"))
    } catch DecodingError.keyNotFound(let key, let context) {
        let member = (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
        throw TransformerError(path, .missing(member))
    } catch DecodingError.valueNotFound(_, let context) {
        let member = context.codingPath.map(\.stringValue).joined(separator: ".")
        throw TransformerError(path, .malformed("\(member) is null"))
    } catch {
        throw TransformerError(path, .malformed("it is no JSON"))
    }
}
