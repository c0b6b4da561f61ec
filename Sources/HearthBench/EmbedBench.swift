import COpenBLAS
import Foundation
import HearthIngestion
import HearthRandom
import HearthRuntime
import HearthTransformer

/// What turning texts to vectors costs: a seeded model of MiniLM-L6's shape on one thread, with the bare matrix products beside it,
/// and the hashed embedder. Times are CPU times of the process, each the median of rounds that go by turns.
struct EmbedBench {
    private static let corpus = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"
    private static let rounds = 9
    /// Tokens of a text and texts of a batch.
    private static let forms: [(key: String, length: Int, count: Int)] = [
        ("16.single", 16, 1), ("16.batch32", 16, 32), ("128.single", 128, 1),
        ("128.batch32", 128, 32),
    ]

    func run() throws {
        let texts = try Self.texts()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let shape = SeededModel.Shape.minilmL6
        var vocabulary = SeededVocabulary()
        texts.forEach { vocabulary.add($0) }
        try SeededModel(shape: shape, seed: 1, vocabulary: vocabulary.pieces(size: shape.vocabularySize)).write(
            to: folder)
        let model = try TransformerModel(TransformerFolder(path: folder))
        print("# a seeded model of the shape \(shape.rawValue), one thread, kernels \(MatrixLibrary.kernels)")
        if let advice = MatrixLibrary.advice { print("# \(advice)") }

        var random = SeededGenerator(seed: 2)
        let inputs = Self.forms.map { form in
            (0..<form.count).map { _ in
                (0..<form.length).map { _ in Int32(random.below(model.configuration.vocabularySize)) }
            }
        }
        var seconds = Array(repeating: [Double](), count: Self.forms.count)
        var products: [Double] = []
        for round in 0...Self.rounds {
            for (place, input) in inputs.enumerated() {
                let calls = max(1, 2048 / (input.count * input[0].count))
                let spent = Self.seconds { for _ in 0..<calls { Self.keep(model.vectors(ofTokens: input)) } }
                // The first round warms up.
                if round > 0 { seconds[place].append(spent / Double(calls * input.count)) }
            }
            let speed = Self.bareProducts(model.configuration, rows: 512)
            if round > 0 { products.append(speed) }
        }
        for (place, form) in Self.forms.enumerated() {
            printFigure("embed.\(form.key)", 1_000 * seconds[place].quantile(0.5), "ms", digits: 2)
        }
        let work = Self.operations(model.configuration, length: 16)
        printFigure("embed.gflops", work / seconds[1].quantile(0.5) / 1e9, "GFLOP/s", digits: 1)
        printFigure("embed.gflops.sgemm", products.quantile(0.5), "GFLOP/s", digits: 1)

        let tokens = texts.map(model.tokenizer.tokens)
        let count = Double(tokens.reduce(0) { $0 + $1.count })
        let tokenizing = Self.seconds { for text in texts { Self.keep(model.tokenizer.tokens(of: text)) } }
        printFigure("embed.tokenize", Double(texts.count) / tokenizing, "texts/s")
        let corpus = Self.seconds { Self.keep(model.vectors(ofTokens: tokens)) }
        printFigure("embed.corpus.tokens", count / corpus, "tokens/s")
        printFigure("embed.corpus.items", Double(texts.count) / corpus, "items/s", digits: 1)
        let column = BytesColumn(texts)
        let hashed = HashedEmbedder()
        let hashing = (0...Self.rounds).map { _ in Self.seconds { Self.keep(hashed.embed(column)) } }.dropFirst()
        printFigure("embed.hashed", Double(texts.count) / Array(hashing).quantile(0.5), "items/s")
    }

    /// The descriptions of the thousand documents.
    private static func texts() throws -> [String] {
        struct Document: Decodable {
            struct Description: Decodable {
                var short: String
                var long: String?
            }
            var description: Description
        }
        let text = try String(contentsOfFile: corpus, encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let description = try JSONDecoder().decode(Document.self, from: Data(line.utf8)).description
            return [description.short, description.long].compactMap(\.self).joined(separator: "\n")
        }
    }

    /// Multiplications and additions of a text's matrix products; what else is done is not counted.
    private static func operations(_ shape: TransformerConfiguration, length: Int) -> Double {
        let (hidden, inner) = (Double(shape.hiddenSize), Double(shape.intermediateSize))
        let length = Double(length)
        return Double(shape.layerCount) * 2 * length * (4 * hidden * hidden + 2 * hidden * inner + 2 * length * hidden)
    }

    /// How fast the four products of a layer go by themselves, over weights that are a layer's each.
    private static func bareProducts(_ shape: TransformerConfiguration, rows: Int) -> Double {
        let (hidden, inner) = (shape.hiddenSize, shape.intermediateSize)
        let sizes = [(hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)]
        let left = Array(repeating: Float(0.5), count: rows * inner)
        let weights = (0..<shape.layerCount).map { _ in sizes.map { Array(repeating: Float(0.25), count: $0 * $1) } }
        var result = Array(repeating: Float(0), count: rows * max(inner, 3 * hidden))
        var operations = 0.0
        let spent = seconds {
            for layer in weights {
                for (weight, (depth, columns)) in zip(layer, sizes) {
                    unsafe cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(columns), blasint(depth), 1,
                        left,
                        blasint(depth), weight, blasint(columns), 0, &result, blasint(columns))
                    operations += 2 * Double(rows * columns * depth)
                }
            }
        }
        keep(result)
        return operations / spent / 1e9
    }

    private static func seconds(_ body: () -> Void) -> Double {
        let start = processNanoseconds()
        body()
        return Double(processNanoseconds() - start) / 1e9
    }

    /// So that what nobody looks at is made all the same.
    @inline(never) private static func keep<Value>(_ value: Value) {}
}
