import Foundation
import HearthTestRuns
import Testing

/// `replay`, `scaling` and `similar` of the pipeline as a user runs them, on few documents: what is found, not how fast.
@Suite(.serialized) struct StoryTests {
    private let folder: TemporaryFolder
    private let ingest = Checkout.product("hearth-ingest")
    private let hearth = Checkout.product("hearth")

    init() throws { folder = try TemporaryFolder() }

    private func json(_ name: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func theReplayTellsTheWholeStory() throws {
        let outcome = try Command(
            ingest, "replay", "--input", Checkout.sample, "-o", folder.path("story"), "--limit", "12", "--large-limit",
            "40", "--samples", "20", "--runs", "2"
        ).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("12 documents, seeded random transformer, not trained (tiny)"))
        #expect(outcome.output.contains("all iterations stored the same"))
        let rows = try #require(json("story/replay.json")["rows"] as? [[String: Any]])
        #expect(rows.compactMap { $0["name"] as? String } == ["0", "1", "2", "3", "4a", "4b", "5", "6", "7", "8"])
        let calls = rows.compactMap { ($0["figures"] as? [String: Any])?["modelCalls"] as? Int }
        // Three texts a document, by themselves; then all of them at once.
        #expect(calls.count == 10 && calls[0] == 36 && calls[5] == 1, "\(calls)")
        let page = folder.text("story/index.html")
        for name in rows.compactMap({ $0["name"] as? String }) {
            #expect(folder.text("story/\(name)/flamegraph.svg").contains("CPU time by node"))
            #expect(name == "0" || folder.text("story/\(name)/diff.svg").contains("<svg"))
            #expect(page.contains("id=\"i\(name)\""))
        }
        try noiseIsThatBetweenRuns(rows, page)
        #expect(!FileManager.default.fileExists(atPath: folder.path("story/0/store.db")))
    }

    /// Of each side as many runs as its figures say, also in the pictures and on the page.
    private func noiseIsThatBetweenRuns(_ rows: [[String: Any]], _ page: String) throws {
        for row in rows.dropFirst() {
            let name = try #require(row["name"] as? String)
            let counts = try ["base", "figures"].map { side in
                try #require((row[side] as? [String: Any])?["runs"] as? Int)
            }
            #expect(counts.allSatisfy { $0 >= 2 }, "\(counts)")
            let noise = try #require(row["noise"] as? [String: Any])
            #expect(noise["kind"] as? String == "runs")
            #expect([noise["base"] as? Int, noise["new"] as? Int] == counts)
            let words = "noise from \(counts[0]) and \(counts[1]) runs"
            #expect(folder.text("story/\(name)/diff.svg").contains(words) && page.contains(words))
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("story/\(name)/runs"))
            #expect(files.count == counts[1])
        }
        #expect(rows.first?["noise"] == nil)
    }

    @Test func growthIsFoundAndCanBeReadAgain() throws {
        let outcome = try Command(
            ingest, "scaling", "--input", Checkout.sample, "-o", folder.path("growth"), "--smallest", "100", "--sizes",
            "3", "--samples", "200", "--neighbours", "brute-force"
        ).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("at sizes 100 (") && outcome.output.contains("grows as"))
        let sizes = try #require(json("growth/growth.json")["sizes"] as? [[String: Any]])
        #expect(sizes.compactMap { $0["size"] as? Int } == [100, 200, 400])
        #expect(folder.text("growth/growth.svg").contains("growth of CPU time"))
        // The profiles, by hand.
        let again = try Command(
            hearth, "scaling", "100=\(folder.path("growth/100.pb.gz"))", "200=\(folder.path("growth/200.pb.gz"))",
            "400=\(folder.path("growth/400.pb.gz"))", "--format", "json", "-o", folder.path("again.svg")
        ).run()
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output.contains("\"exponent\"") && folder.text("again.svg").contains("<svg"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("growth/.scratch")))
    }

    @Test func nearDuplicatesAreListed() throws {
        let lines = try String(contentsOfFile: Checkout.sample, encoding: .utf8).split(separator: "\n").prefix(60)
        let twin = lines[7].replacing(#/"id":"[^"]*"/#, with: #""id":"twin""#)
        try (lines + [twin]).joined(separator: "\n").write(
            toFile: folder.path("input.jsonl"), atomically: true, encoding: .utf8)
        let run = try Command(
            ingest, "run", "--input", folder.path("input.jsonl"), "--store", folder.path("a.db"), "--neighbours",
            "kd-tree"
        ).run()
        #expect(run.output.hasSuffix("read 61, stored 61, unchanged 0, rejected 0, neighbours 305\n"))
        let similar = try Command(ingest, "similar", "--store", folder.path("a.db"), "--at-least", "0.999").run()
        #expect(similar.status == 0 && similar.output.contains("twin") && similar.output.contains("1.0000"))
        let none = try Command(ingest, "similar", "--store", folder.path("missing.db")).run()
        #expect(none.status == 1 && none.errors.contains("make one with hearth-ingest run"))
    }

    @Test(
        arguments: [
            (["replay", "--input", "-", "-o", "x"], 2, "the documents are read many times"),
            (["replay", "--input", "missing.jsonl", "-o", "FOLDER/x"], 1, "missing.jsonl"),
            (["replay", "--input", "SAMPLE", "-o", "FOLDER/y", "--embedder", "transformer:missing"], 1, "missing"),
            (["scaling", "--input", "SAMPLE", "-o", "FOLDER/z", "--smallest", "900"], 1, "holds 1,000 documents"),
            (["scaling", "--input", "SAMPLE", "-o", "FOLDER/z", "--sizes", "1"], 2, "--sizes is 2 to 12"),
            (["similar", "--store", "x.db", "--at-least", "7"], 2, "--at-least must be -1 to 1"),
        ])
    func badInputIsOneLine(_ arguments: [String], _ status: Int32, _ words: String) throws {
        let filled = arguments.map {
            $0.replacing("FOLDER", with: folder.path("")).replacing("SAMPLE", with: Checkout.sample)
        }
        var command = Command(ingest)
        command.arguments = filled
        let outcome = try command.run()
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }
}
