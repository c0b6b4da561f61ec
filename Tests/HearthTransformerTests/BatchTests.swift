import HearthRandom
import Testing

@testable import HearthTransformer

/// A text's vector hangs on the text alone.
@Suite struct BatchTests {
    private let folder: SeededFolder
    private let texts = someTexts(40, seed: 3)

    init() throws { folder = try SeededFolder(seed: 2) }

    private func rows(_ values: [Float], of model: TransformerModel) -> [[Float]] {
        stride(from: 0, to: values.count, by: model.dimension).map { Array(values[$0..<$0 + model.dimension]) }
    }

    private func distance(_ one: [[Float]], _ other: [[Float]]) -> Float {
        zip(one.joined(), other.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(arguments: [1, 64, 300, 100_000]) func aBatchIsAsGoodAsOneByOne(cap: Int) throws {
        let model = try folder.model(maximumBatchTokens: cap)
        let together = rows(model.vectors(of: texts), of: model)
        let alone = texts.map { model.vectors(of: [$0]) }
        try #require(together.count == alone.count)
        #expect(distance(together, alone) <= 1e-6)
        // Bit for bit with these kernels; those for Haswell and Zen were found not to keep it on every processor.
        if MatrixLibrary.kernels == "SkylakeX" { #expect(together == alone) }
    }

    @Test func orderDoesNotMatter() throws {
        let model = try folder.model()
        let inOrder = rows(model.vectors(of: texts), of: model)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3 {
            let order = texts.indices.shuffled(using: &random)
            let shuffled = rows(model.vectors(of: order.map { texts[$0] }), of: model)
            #expect(distance(shuffled, order.map { inOrder[$0] }) <= 1e-6)
        }
    }

    @Test func manyAtOnceDoNotDisturbEachOther() async throws {
        let model = try folder.model()
        let wanted = model.vectors(of: texts)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { @concurrent [texts] in model.vectors(of: texts) == wanted }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    @Test func batchesKeepToTheCap() {
        var random = SeededGenerator(seed: 8)
        for _ in 0..<200 {
            let lengths = (0..<random.below(60)).map { _ in random.below(30) }
            let cap = random.below(100) + 1
            let batches = TransformerModel.batches(lengths, atMost: cap)
            #expect(batches.joined().sorted() == lengths.indices.filter { lengths[$0] > 0 })
            for batch in batches {
                #expect(batch.count == 1 || batch.reduce(0) { $0 + lengths[$1] } <= cap)
            }
            let order = batches.joined().map { lengths[$0] }
            #expect(order == order.sorted())
            for (one, next) in zip(batches, batches.dropFirst()) {
                #expect(one.reduce(0) { $0 + lengths[$1] } + lengths[next[0]] > cap, "two batches that fit in one")
            }
        }
    }

    @Test func vectorsAreOfUnitLengthOrZero() throws {
        let model = try folder.model()
        for (text, vector) in zip(texts, rows(model.vectors(of: texts), of: model)) {
            let square = vector.reduce(0) { $0 + $1 * $1 }
            if text.isEmpty { #expect(square == 0) } else { #expect(abs(square - 1) < 1e-5) }
        }
        #expect(texts.contains(""))
        #expect(model.vectors(of: []).isEmpty)
        #expect(model.vectors(of: ["", " \u{0}\u{200B} "]) == Array(repeating: 0, count: 2 * model.dimension))
    }

    @Test func textsDiffer() throws {
        let model = try folder.model()
        let vectors = rows(
            model.vectors(of: ["plot a graph of measured data", "web server for small machines", "graph of a plot"]),
            of: model)
        func product(_ one: Int, _ other: Int) -> Float {
            zip(vectors[one], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(product(0, 1) < 0.9)
        #expect(product(0, 2) > product(0, 1))
        #expect(product(0, 2) < 0.999)
    }

    /// Attention and places have their say: the same words in another order are another text.
    @Test func orderOfWordsMatters() throws {
        let model = try folder.model()
        let vectors = rows(model.vectors(of: ["read before write", "write before read"]), of: model)
        #expect(distance([vectors[0]], [vectors[1]]) > 1e-3)
    }
}
