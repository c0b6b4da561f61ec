import Foundation
import HearthIngestCommands
import Testing

/// Exit codes of the program, and what it leaves behind. Messages and profiles are looked at where the program runs as one.
@Suite struct IngestCommandTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test func usageErrorsAreTwo() async {
        for arguments in [
            ["nonsense"], ["run"], ["run", "--input", "x", "--store", "y", "--batch-size", "0"],
            ["run", "--input", "x", "--store", "y", "--max-rejected", "101%"],
            ["run", "--input", "x", "--store", "y", "--rate", "5000"],
            ["run", "--input", "x", "--store", "y", "--schedule", "random"], ["query", "--store", "x"],
            ["query", "--store", "x", "text", "-k", "0"], ["query", "--store", "x", " "],
            ["query", "--store", "", "text"], ["run", "--input", "", "--store", "y"],
            ["run", "--input", "x", "--store", ""],
            ["model"], ["model", "-o", ""], ["model", "-o", "x", "--shape", "huge"],
            ["run", "--input", "x", "--store", "y", "--embedder", "none"],
            ["run", "--input", "x", "--store", "y", "--embedder", "transformer:"],
            ["corpus", "-o", ""], ["corpus"], ["corpus", "-o", "x", "--limit", "0"],
        ] { #expect(await IngestCommand.run(arguments) == 2, "\(arguments)") }
    }

    @Test func helpAndVersionAreZero() async {
        for arguments in [["--version"], ["--help"], ["run", "--help"], ["help", "query"]] {
            #expect(await IngestCommand.run(arguments) == 0, "\(arguments)")
        }
    }

    @Test func failuresAreOne() async throws {
        let store = folder.file("s.db")
        #expect(await IngestCommand.run(["run", "--input", folder.file("none"), "--store", store]) == 1)
        #expect(await IngestCommand.run(["run", "--input", folder.path, "--store", store]) == 1)
        #expect(await IngestCommand.run(["query", "--store", store, "text"]) == 1)
        #expect(try folder.entries().isEmpty)
        let bad = try folder.write(Array("x\n\(document("a"))\n".utf8), to: "bad.jsonl")
        #expect(await IngestCommand.run(["run", "--input", bad, "--store", store]) == 1)
        #expect(await IngestCommand.run(["run", "--input", bad, "--store", store, "--max-rejected", "1"]) == 0)
        #expect(await IngestCommand.run(["run", "--input", bad, "--store", bad]) == 1)
        #expect(try folder.text("bad.jsonl").hasPrefix("x\n"))
        #expect(try folder.entries() == ["bad.jsonl", "s.db", "s.db.rejected.jsonl"])
    }

    @Test func runsAndAnswers() async throws {
        let store = folder.file("s.db")
        let arguments = ["run", "--input", Fixture.corpus, "--store", store, "--schedule", "parallel"]
        #expect(await IngestCommand.run(arguments) == 0)
        #expect(await IngestCommand.run(["query", "--store", store, "text editor", "-k", "3"]) == 0)
        #expect(await IngestCommand.run(["query", "--store", store, "text editor", "--format", "json"]) == 0)
    }
}
