internal import Foundation
internal import HearthFiles
internal import HearthRandom

/// A model with random weights, the same for the same seed on every machine. It has learnt nothing: texts that share pieces come
/// out near each other, and that is all. For tests and measurements, of the same shape and cost as a trained one.
///
/// Weights are drawn so that vectors differ as those of a trained model do. With the 0.02 that training starts from, every text
/// would get nearly the same vector: what is added at a position would weigh as much as the words.
public struct SeededModel: Sendable {
    /// The shapes that can be asked for by name.
    public enum Shape: String, Sendable, CaseIterable {
        /// That of MiniLM-L6: 6 layers of 384 with 12 heads.
        case minilmL6 = "minilm-l6"
        /// 2 layers of 64 with 2 heads, for tests.
        case tiny

        /// Pieces of the vocabulary at most.
        public var vocabularySize: Int { self == .tiny ? 2000 : 30_522 }
        /// Tokens of a text at most.
        public var maximumTokens: Int { self == .tiny ? 64 : 256 }

        public func configuration(vocabularySize: Int) -> TransformerConfiguration {
            switch self {
            case .minilmL6:
                TransformerConfiguration(
                    hiddenSize: 384, layerCount: 6, headCount: 12, intermediateSize: 1536,
                    vocabularySize: vocabularySize, maximumPositions: 512)
            case .tiny:
                TransformerConfiguration(
                    hiddenSize: 64, layerCount: 2, headCount: 2, intermediateSize: 128, vocabularySize: vocabularySize,
                    maximumPositions: 128)
            }
        }
    }

    public let shape: Shape
    public let seed: UInt64
    /// The lines of `vocab.txt`.
    public let vocabulary: [String]

    public init(shape: Shape, seed: UInt64, vocabulary: [String]) {
        self.shape = shape
        self.seed = seed
        self.vocabulary = vocabulary
    }

    public var configuration: TransformerConfiguration { shape.configuration(vocabularySize: vocabulary.count) }

    /// What the model's own files say that it is.
    public var note: String {
        "A seeded random model, not trained: hearth-ingest model --seed \(seed) --shape \(shape.rawValue)"
    }

    /// How every such note starts.
    private static let noteStart = "A seeded random model, not trained"

    /// Writes the files of the model into a folder, which is made if it is not there.
    ///
    /// - Throws: ``SeededModelError/holdsAnother(_:)`` where a model stands that is not of this kind.
    public func write(to folder: String) throws {
        try Self.check(folder)
        makeFolder(folder, mode: 0o777)
        // Weights last: without them the folder is refused, so a part of a model is not taken for one.
        try AtomicFile.write(configText.utf8, to: "\(folder)/config.json")
        try AtomicFile.write((vocabulary.joined(separator: "\n") + "\n").utf8, to: "\(folder)/vocab.txt")
        try AtomicFile.write("{\"do_lower_case\": true}\n".utf8, to: "\(folder)/tokenizer_config.json")
        try AtomicFile.write(
            "{\"max_seq_length\": \(shape.maximumTokens), \"do_lower_case\": false}\n".utf8,
            to: "\(folder)/sentence_bert_config.json")
        try writeWeights(to: "\(folder)/model.safetensors")
    }

    /// A user's own model is not written over.
    private static func check(_ folder: String) throws {
        guard (try? PathStatus("\(folder)/model.safetensors")) != nil else { return }
        struct Note: Decodable {
            var note: String?
            enum CodingKeys: String, CodingKey { case note = "_note" }
        }
        let config = (try? readFile("\(folder)/config.json", limit: 1 << 20)) ?? []
        let note = try? JSONDecoder().decode(Note.self, from: Data(config))
        guard note?.note?.hasPrefix(noteStart) == true else { throw SeededModelError.holdsAnother(folder) }
    }

    private var configText: String {
        let shape = configuration
        return """
            {
              "_note": "\(note)",
              "architectures": ["BertModel"],
              "model_type": "bert",
              "hidden_size": \(shape.hiddenSize),
              "num_hidden_layers": \(shape.layerCount),
              "num_attention_heads": \(shape.headCount),
              "intermediate_size": \(shape.intermediateSize),
              "vocab_size": \(shape.vocabularySize),
              "max_position_embeddings": \(shape.maximumPositions),
              "type_vocab_size": \(shape.typeCount),
              "layer_norm_eps": 1e-12,
              "hidden_act": "gelu",
              "hidden_dropout_prob": 0.1,
              "attention_probs_dropout_prob": 0.1,
              "initializer_range": 0.02,
              "pad_token_id": 0,
              "position_embedding_type": "absolute"
            }

            """
    }

    // MARK: Weights

    /// A tensor to be drawn: around what, and how far.
    private struct Draw {
        var name: String
        var shape: [Int]
        var mean: Float = 0
        var deviation: Float
        var count: Int { shape.reduce(1, *) }
    }

    private var draws: [Draw] {
        let shape = configuration
        let (hidden, inner) = (shape.hiddenSize, shape.intermediateSize)
        var draws = [
            Draw(name: "embeddings.word_embeddings.weight", shape: [shape.vocabularySize, hidden], deviation: 0.05),
            // A fifth of what the words have, so that places matter and do not make all texts alike.
            Draw(
                name: "embeddings.position_embeddings.weight", shape: [shape.maximumPositions, hidden], deviation: 0.01),
            Draw(name: "embeddings.token_type_embeddings.weight", shape: [shape.typeCount, hidden], deviation: 0.005),
        ]
        func norm(_ name: String) {
            draws.append(Draw(name: "\(name).LayerNorm.weight", shape: [hidden], mean: 1, deviation: 0.1))
            draws.append(Draw(name: "\(name).LayerNorm.bias", shape: [hidden], deviation: 0.02))
        }
        // So far that what comes out is as large as what goes in.
        func dense(_ name: String, from inputs: Int, to outputs: Int) {
            draws.append(
                Draw(
                    name: "\(name).weight", shape: [outputs, inputs], deviation: 1 / Float(inputs).squareRoot()))
            draws.append(Draw(name: "\(name).bias", shape: [outputs], deviation: 0.02))
        }
        norm("embeddings")
        for number in 0..<shape.layerCount {
            let layer = "encoder.layer.\(number)"
            for part in ["query", "key", "value"] {
                dense("\(layer).attention.self.\(part)", from: hidden, to: hidden)
            }
            dense("\(layer).attention.output.dense", from: hidden, to: hidden)
            norm("\(layer).attention.output")
            dense("\(layer).intermediate.dense", from: hidden, to: inner)
            dense("\(layer).output.dense", from: inner, to: hidden)
            norm("\(layer).output")
        }
        return draws
    }

    private func writeWeights(to path: String) throws {
        let draws = draws
        var header = "{\"__metadata__\":{\"format\":\"pt\",\"note\":\"\(note)\"}"
        var offset = 0
        for draw in draws {
            let end = offset + draw.count * 4
            header +=
                ",\"\(draw.name)\":{\"dtype\":\"F32\",\"shape\":\(draw.shape),\"data_offsets\":[\(offset),\(end)]}"
            offset = end
        }
        header += "}"
        // Spaces are allowed behind the header, and let the data begin at a multiple of eight.
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let file = try AtomicFile(path: path)
        var length = UInt64(header.utf8.count)
        try file.write(
            (0..<8).map { _ in
                defer { length >>= 8 }
                return UInt8(truncatingIfNeeded: length)
            })
        try file.write(header)
        var random = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        for draw in draws {
            bytes.removeAll(keepingCapacity: true)
            bytes.reserveCapacity(draw.count * 4)
            for _ in 0..<draw.count {
                let value = draw.mean + draw.deviation * Self.normal(&random)
                var bits = value.bitPattern
                for _ in 0..<4 {
                    bytes.append(UInt8(truncatingIfNeeded: bits))
                    bits >>= 8
                }
            }
            try file.write(bytes)
        }
        try file.commit()
    }

    /// A number of mean 0 and deviation 1, near normal: the sum of eight even ones. Made of integers, since logarithms and
    /// sines differ in their last bits from library to library.
    static func normal(_ random: inout SeededGenerator) -> Float {
        var sum = 0
        for _ in 0..<2 {
            let word = random.next()
            for part in 0..<4 { sum += Int(word >> UInt64(16 * part) & 0xFFFF) }
        }
        // Each part has the mean 32,767.5 and the variance (65,536² - 1) / 12.
        return Float(Double(sum - 262_140) / 53_509.9)
    }
}

/// Why no model was written.
public enum SeededModelError: Error, Hashable, CustomStringConvertible, Sendable {
    case holdsAnother(String)

    public var description: String {
        switch self {
        case .holdsAnother(let folder): "\(folder) holds a model that is not a seeded one, and it is left alone"
        }
    }
}
