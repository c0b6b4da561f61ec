import Foundation
import Testing

@testable import HearthTransformer

/// Pieces and vectors beside those of another implementation; how the fixture was made stands in Golden/make.py.
@Suite struct GoldenTests {
    private struct Fixture: Decodable {
        struct Row: Decodable {
            var text: String
            var tokens: [Int32]
            var vector: [Float]?
        }
        var model: String
        var rows: [Row]
    }

    private let folder: SeededFolder
    private let fixture: Fixture

    init() throws {
        folder = try SeededFolder(seed: 7)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Golden/tiny.json")
        fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    }

    @Test func theFixtureIsOfThisModel() throws {
        #expect(String(decoding: try folder.bytes("config.json"), as: UTF8.self).contains("\"\(fixture.model)\""))
        #expect(fixture.rows.count >= 18)
    }

    @Test func piecesAreThoseOfTheOther() throws {
        let tokenizer = try folder.model().tokenizer
        for row in fixture.rows {
            let tokens = tokenizer.tokens(of: row.text)
            #expect(
                tokens == row.tokens,
                "\(row.text): \(tokens.map { tokenizer.vocabulary[$0] }), not \(row.tokens.map { tokenizer.vocabulary[$0] })"
            )
        }
    }

    @Test func vectorsAreThoseOfTheOther() throws {
        let model = try folder.model()
        let together = model.vectors(of: fixture.rows.map(\.text))
        var worst: Float = 0
        for (place, row) in fixture.rows.enumerated() {
            let wanted = row.vector ?? Array(repeating: 0, count: model.dimension)
            let found = together[place * model.dimension..<(place + 1) * model.dimension]
            try #require(wanted.count == found.count)
            for (one, other) in zip(wanted, found) { worst = max(worst, abs(one - other)) }
        }
        #expect(worst <= 1e-4, "off by \(worst)")
        // What was measured, with room: a slip that stays below the bound above is one all the same.
        #expect(worst <= 2e-6, "off by \(worst)")
    }
}
