import HearthRuntime
import Testing

@testable import HearthIngestion

@Suite struct HashedEmbedderTests {
    private func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    @Test func unrelatedTextsAreNearlyAtRightAngles() {
        let texts = ["web server", "game of chess", "emacs mode", "fonts for printing", "kernel headers"]
        let vectors = HashedEmbedder().embed(BytesColumn(texts))
        for i in texts.indices {
            #expect(abs(cosine(vectors[i], vectors[i]) - 1) < 1e-6)
            for j in texts.indices where j != i { #expect(abs(cosine(vectors[i], vectors[j])) < 0.4) }
        }
    }
}
