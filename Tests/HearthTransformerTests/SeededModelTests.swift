import Foundation
import HearthFiles
import HearthRandom
import Testing

@testable import HearthTransformer

@Suite struct SeededModelTests {
    @Test func theSameSeedGivesTheSameFiles() throws {
        let (one, same, other) = (try SeededFolder(seed: 4), try SeededFolder(seed: 4), try SeededFolder(seed: 5))
        for name in try namesInFolder(one.path) { #expect(try one.bytes(name) == same.bytes(name), "\(name)") }
        #expect(try one.bytes("model.safetensors") != other.bytes("model.safetensors"))
    }

    @Test func itSaysWhatItIs() throws {
        let text = String(decoding: try SeededFolder(seed: 4).bytes("config.json"), as: UTF8.self)
        #expect(
            text.contains(
                "\"_note\": \"A seeded random model, not trained: hearth-ingest model --seed 4 --shape tiny\""))
    }

    @Test func aModelOfTheUsersIsNotWrittenOver() throws {
        let folder = try SeededFolder(seed: 4)
        let model = SeededModel(shape: .tiny, seed: 9, vocabulary: SeededVocabulary.builtIn(size: 1500))
        try model.write(to: folder.path)
        try folder.replace("\"_note\"", with: "\"_name\"", in: "config.json")
        let before = try folder.bytes("model.safetensors")
        #expect(throws: SeededModelError.holdsAnother(folder.path)) { try model.write(to: folder.path) }
        #expect(try folder.bytes("model.safetensors") == before)
    }

    @Test func drawsAreNearNormal() {
        var random = SeededGenerator(seed: 1)
        let draws = (0..<200_000).map { _ in Double(SeededModel.normal(&random)) }
        let mean = draws.reduce(0, +) / Double(draws.count)
        let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(draws.count)
        // Five standard errors.
        #expect(abs(mean) < 0.0112)
        #expect(abs(variance - 1) < 0.016)
        #expect(draws.allSatisfy { abs($0) < 5 })
        let within = Double(draws.count { abs($0) < 1 }) / Double(draws.count)
        #expect(abs(within - 0.6827) < 0.02)
    }

    @Test func vocabulariesAreOfTheWordsThatWereCounted() throws {
        var vocabulary = SeededVocabulary()
        vocabulary.add("Zebra zebra zebra quagga, quagga; okapi")
        let pieces = vocabulary.pieces(size: 200)
        #expect(pieces.count <= 200)
        #expect(Set(pieces).count == pieces.count)
        #expect(Array(pieces.prefix(5)) == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
        for piece in ["z", "##z", "q", "zebra", "quagga", "okapi", "##bra"] { #expect(pieces.contains(piece)) }
        let (first, second) = (pieces.firstIndex(of: "zebra"), pieces.firstIndex(of: "okapi"))
        #expect(try #require(first) < #require(second))
        #expect(vocabulary.pieces(size: 10).count >= 130, "characters are never left out")
    }
}
