import HearthRuntime
import Testing

@testable import HearthIngestion

@Suite struct HashedEmbedderTests {
    private func cosine(_ a: ColumnBuffer<Float>, _ b: ColumnBuffer<Float>) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    private func vectors(_ texts: String?...) -> VectorColumn { HashedEmbedder().embed(BytesColumn(texts)) }

    @Test func unrelatedTextsAreNearlyAtRightAngles() {
        let texts = ["web server", "game of chess", "emacs mode", "fonts for printing", "kernel headers"]
        let vectors = HashedEmbedder().embed(BytesColumn(texts))
        for i in texts.indices {
            #expect(abs(cosine(vectors[i], vectors[i]) - 1) < 1e-6)
            for j in texts.indices where j != i { #expect(abs(cosine(vectors[i], vectors[j])) < 0.4) }
        }
    }

    @Test func whatSharesWordsIsNear() {
        let vectors = vectors(
            "Python bindings for the PNG library", "Ruby bindings for the PNG library", "The PNG library for Python",
            "network intrusion detection")
        for near in [1, 2] { #expect(cosine(vectors[0], vectors[near]) > cosine(vectors[0], vectors[3]) + 0.3) }
    }

    @Test func caseAndPunctuationDoNotMatter() {
        let vectors = vectors("Web-Server, fast!", "web server   fast", "über", "ÜBER")
        #expect(Array(vectors[0]) == Array(vectors[1]))
        // Case is folded in ASCII only, so that vectors do not hang on the version of Unicode.
        #expect(Array(vectors[2]) != Array(vectors[3]))
    }

    @Test func nothingToGoByGivesZeros() {
        let vectors = vectors(nil, "", " -- ")
        for index in 0..<3 { #expect(vectors[index].allSatisfy { $0 == 0 }) }
    }

    @Test func companyInABatchDoesNotMatter() {
        let alone = vectors("flame graph")
        let among = vectors("one", nil, "flame graph", "two")
        #expect(Array(alone[0]) == Array(among[2]))
    }

    /// Numbers of another run, and of any other machine: bit for bit.
    @Test func isTheSameOnEveryMachine() {
        let vector = vectors("Real-time strategy game of ancient warfare")[0]
        #expect(vector.count == 128)
        let bits = vector.prefix(8).map(\.bitPattern)
        #expect(bits == Self.golden, "\(bits.map { "0x" + String($0, radix: 16) })")
        let all = vector.reduce(UInt64(0)) { StableHash.mix(UInt64($1.bitPattern), $0) }
        #expect(all == Self.goldenAll, "\(all)")
    }

    /// Computed by a second implementation, written in Python from the description of the first.
    private static let golden: [UInt32] = [
        3_182_684_859, 1_019_044_576, 1_035_201_211, 1_045_761_852, 1_036_442_373, 3_178_640_317, 1_033_960_050,
        1_013_138_291,
    ]
    private static let goldenAll: UInt64 = 1_894_125_553_243_916_675

    @Test func wordsAreReadAsTheyStand() {
        func words(_ text: String) -> [String] {
            var reader = WordReader(ColumnBuffer(text.utf8))
            var words: [String] = []
            while let word = reader.next() { words.append(String(decoding: word, as: UTF8.self)) }
            return words
        }
        #expect(words(" C++ Library: libFoo2.0, naïve ") == ["c", "library", "libfoo2", "0", "naïve"])
        #expect(words("") == [])
    }
}
