import Foundation
import HearthIngestCommands
import HearthIngestion
import HearthRuntime
import HearthTransformer
import Testing

/// A transformer in the pipeline: which store was made with which model, and what is said when it is not there.
@Suite struct TransformerEmbedderTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func makeModel(_ name: String, seed: Int = 1) async -> String {
        let path = folder.file(name)
        #expect(
            await IngestCommand.run(["model", "-o", path, "--shape", "tiny", "--seed", "\(seed)"]) == 0)
        return path
    }

    private func run(_ store: String, _ model: String) async throws -> Int32 {
        let lines = try Fixture.lines().prefix(60).joined(separator: "\n")
        let input = try folder.write(lines.utf8, to: "input.jsonl")
        return await IngestCommand.run([
            "run", "--input", input, "--store", store, "--embedder", "transformer:\(model)",
        ])
    }

    private func message(_ store: String, _ embedder: EmbedderName? = nil) async -> String {
        do {
            _ = try await DocumentStore(readingPath: store).search("text editor", count: 3, embedder: embedder)
            return "found"
        } catch { return "\(error)".replacingOccurrences(of: folder.path, with: "DIR") }
    }

    @Test func aStoreFindsItsModelAgain() async throws {
        let (model, store) = (await makeModel("model"), folder.file("s.db"))
        #expect(try await run(store, model + "/") == 0)
        let documents = try DocumentStore(readingPath: store)
        #expect(try documents.embedder() == "transformer:\(model)")
        let first = try #require(try Fixture.lines().first)
        struct Package: Decodable { var name: String }
        let name = try JSONDecoder().decode(Package.self, from: Data(first.utf8)).name
        #expect(try await documents.search(name, count: 5).count == 5)
        #expect(await IngestCommand.run(["query", "--store", store, "editor", "-k", "2"]) == 0)
        #expect(await IngestCommand.run(["plan", "--embedder", "transformer:\(model)"]) == 0)
    }

    @Test func aModelThatWentIsAskedFor() async throws {
        let (model, store, moved) = (await makeModel("model"), folder.file("s.db"), folder.file("moved"))
        #expect(try await run(store, model) == 0)
        try FileManager.default.moveItem(atPath: model, toPath: moved)
        #expect(
            await message(store)
                == "DIR/s.db was made with transformer:DIR/model, which cannot be used: there is no folder DIR/model; "
                + "say where it is with --embedder")
        #expect(await message(store, .transformer(folder: moved)) == "found")
        #expect(await message(store, .transformer(folder: model)) == "there is no folder DIR/model")
        let other = await makeModel("other", seed: 2)
        for wrong in [EmbedderName.hashed, .transformer(folder: other)] {
            #expect(await message(store, wrong).contains("was made with transformer:DIR/model as it was then"))
        }
        #expect(await IngestCommand.run(["query", "--store", store, "x", "--embedder", "transformer:\(moved)"]) == 0)
        #expect(await IngestCommand.run(["query", "--store", store, "x"]) == 1)
    }

    @Test func aModelThatChangedIsNotTheSame() async throws {
        let (model, store) = (await makeModel("model"), folder.file("s.db"))
        #expect(try await run(store, model) == 0)
        _ = await makeModel("model", seed: 9)
        #expect(await message(store).contains("and transformer:DIR/model is not that"))
    }

    @Test func whereNoModelIsNothingIsLeftBehind() async throws {
        let store = folder.file("s.db")
        #expect(try await run(store, folder.file("none")) == 1)
        let model = await makeModel("model")
        try FileManager.default.removeItem(atPath: "\(model)/vocab.txt")
        #expect(try await run(store, model) == 1)
        _ = await makeModel("model")
        try folder.write(
            Data(contentsOf: URL(fileURLWithPath: "\(model)/model.safetensors")).dropLast(),
            to: "model/model.safetensors")
        #expect(try await run(store, model) == 1)
        #expect(try folder.entries() == ["input.jsonl", "model"])
    }

    @Test func nullAndEmptyTextsAreZeros() async throws {
        let model = try EmbedderName.transformer(folder: await makeModel("model")).resolved().load()
        let vectors = try model.embed(BytesColumn(["text", nil, "", "  ", "text"]))
        #expect(vectors.count == 5)
        for item in 1...3 { #expect(vectors[item].allSatisfy { $0 == 0 }) }
        #expect(Array(vectors[0]) == Array(vectors[4]))
        #expect(vectors[0].contains { $0 != 0 })
        #expect(model.byteCount > 600_000)
    }

    @Test func fingerprintsAreOfTheFilesAndNotOfThePlace() async throws {
        let (one, same, other) = (await makeModel("a"), await makeModel("b"), await makeModel("c", seed: 2))
        func fingerprint(_ path: String) throws -> String {
            try EmbedderName.transformer(folder: path).resolved().load().fingerprint
        }
        #expect(try fingerprint(one) == fingerprint(same))
        #expect(try fingerprint(one) != fingerprint(other))
        try folder.write("{\"do_lower_case\": false}".utf8, to: "b/tokenizer_config.json")
        #expect(try fingerprint(one) != fingerprint(same))
    }

    @Test func vocabulariesAreMadeOfACorpus() async throws {
        let path = folder.file("model")
        let arguments = ["model", "-o", path, "--shape", "tiny", "--vocab-from"]
        #expect(await IngestCommand.run(arguments + [Fixture.corpus]) == 0)
        let pieces = try folder.text("model/vocab.txt").split(separator: "\n")
        #expect(pieces.count == 2000)
        #expect(pieces.contains("library"))
        try folder.write("{\"a\":1}\nnonsense\n".utf8, to: "bad.jsonl")
        #expect(await IngestCommand.run(arguments + [folder.file("bad.jsonl")]) == 1)
        #expect(await IngestCommand.run(arguments + [folder.file("none")]) == 1)
    }
}
