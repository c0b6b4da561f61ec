internal import ArgumentParser
internal import Foundation
internal import HearthFiles
internal import HearthTerminal
internal import HearthTransformer

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Makes a seeded random model, not trained, of a real model's shape.",
        discussion: """
            For tests and measurements: it costs what a trained model of its shape costs, and knows nothing. Texts that share \
            words come out near each other, and that is all. Its config.json says so too. The same seed, shape and \
            vocabulary give the same files on every machine.

            The vocabulary is made of the words of --vocab-from, JSON Lines, and of a few hundred built-in ones without it. \
            minilm-l6 is the shape of MiniLM-L6: 6 layers of 384 with 12 heads, up to 30,522 pieces. tiny has 2 layers of 64 \
            with 2 heads.

            Examples:
              hearth-ingest model -o model --vocab-from corpus.jsonl
              hearth-ingest model -o tiny --seed 7 --shape tiny
              hearth-ingest run --input corpus.jsonl --store out.db --embedder transformer:model
            """)

    @Option(name: .shortAndLong, help: "The folder for the model; made where there is none.")
    var output: String

    @Option(help: "What the weights are drawn by.")
    var seed: UInt64 = 1

    @Option(help: "minilm-l6 or tiny.")
    var shape = SeededModel.Shape.minilmL6

    @Option(help: "JSON Lines whose strings the vocabulary is made of.")
    var vocabFrom: String?

    func validate() throws {
        if output.isEmpty { throw ValidationError("-o must name a folder") }
        if vocabFrom?.isEmpty == true { throw ValidationError("--vocab-from must name a file") }
    }

    func run() async throws {
        let (output, seed, shape, vocabFrom) = (output, seed, shape, vocabFrom)
        let model = try await Task.detached {
            let vocabulary =
                try vocabFrom.map { try Self.vocabulary(of: $0, size: shape.vocabularySize) }
                ?? SeededVocabulary.builtIn(size: shape.vocabularySize)
            let model = SeededModel(shape: shape, seed: seed, vocabulary: vocabulary)
            do {
                try model.write(to: output)
            } catch {
                throw CommandFailure("\(error)", hint: "name another folder with -o")
            }
            return model
        }.value
        let size = model.configuration
        try Output.write(
            "wrote a seeded random model, not trained, to \(output): \(size.layerCount) layers of \(size.hiddenSize), "
                + "\(grouped(size.vocabularySize)) pieces\n")
    }

    /// Of all strings in the documents, whatever their member.
    static func vocabulary(of path: String, size: Int) throws -> [String] {
        var vocabulary = SeededVocabulary()
        let text: [UInt8]
        do throws(FileError) {
            text = try readFile(path)
        } catch {
            throw CommandFailure(error.description, hint: "name a file of JSON Lines with --vocab-from")
        }
        func add(_ value: Any) {
            switch value {
            case let text as String: vocabulary.add(text)
            case let list as [Any]: list.forEach(add)
            case let object as [String: Any]: object.values.forEach(add)
            default: break
            }
        }
        for (number, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            guard let document = try? JSONSerialization.jsonObject(with: Data(line)) else {
                throw CommandFailure("\(path), line \(number + 1): no JSON", hint: "--vocab-from takes JSON Lines")
            }
            add(document)
        }
        return vocabulary.pieces(size: size)
    }
}
