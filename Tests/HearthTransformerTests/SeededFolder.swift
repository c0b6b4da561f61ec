import Foundation
import HearthFiles
import HearthRandom

@testable import HearthTransformer

/// A folder of a test's own with a seeded tiny model in it, gone with the test.
final class SeededFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)").path

    init(seed: UInt64 = 7) throws {
        let shape = SeededModel.Shape.tiny
        let vocabulary = SeededVocabulary.builtIn(size: shape.vocabularySize)
        try SeededModel(shape: shape, seed: seed, vocabulary: vocabulary).write(to: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    func bytes(_ name: String) throws -> [UInt8] { try readFile(file(name)) }
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws { try AtomicFile.write(bytes, to: file(name)) }
    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name)) }

    /// Replaces a part of a file that is text.
    func replace(_ old: String, with new: String, in name: String) throws {
        let text = String(decoding: try bytes(name), as: UTF8.self)
        precondition(text.contains(old), "\(name) has no \(old)")
        try write(text.replacingOccurrences(of: old, with: new).utf8, to: name)
    }

    /// Changes the header of the weights; the data stay as they are.
    func changeHeader(_ change: (String) -> String) throws {
        let bytes = try bytes("model.safetensors")
        let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
        let header = Array(change(String(decoding: bytes[8..<8 + length], as: UTF8.self)).utf8)
        let count = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        try write(count + header + bytes[(8 + length)...], to: "model.safetensors")
    }

    func model(maximumBatchTokens: Int = TransformerModel.defaultBatchTokens) throws -> TransformerModel {
        try TransformerModel(TransformerFolder(path: path), maximumBatchTokens: maximumBatchTokens)
    }
}

/// Texts of many lengths, of words that the vocabulary has and of some that it has not.
func someTexts(_ count: Int, seed: UInt64) -> [String] {
    var random = SeededGenerator(seed: seed)
    let words = SeededWords.text.split(whereSeparator: \.isWhitespace).map(String.init) + ["ᚠᛇᚻ", "unheardof"]
    return (0..<count).map { _ in
        (0..<random.below(40)).map { _ in words[random.below(words.count)] }.joined(separator: " ")
    }
}
