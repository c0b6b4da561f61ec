import Foundation
import HearthTestRuns
import Testing

/// The main job as a user runs it, on the thousand real documents that ship with Hearth.
@Suite(.serialized) struct IngestionTests {
    private let folder: TemporaryFolder
    private let ingest = Checkout.product("hearth-ingest")
    private let hearth = Checkout.product("hearth")

    init() throws { folder = try TemporaryFolder() }

    /// - Parameter copies: the sample this many times over, under other identifiers.
    private func input(copies: Int) throws -> String {
        let sample = try String(contentsOfFile: Checkout.sample, encoding: .utf8)
        var text = ""
        for copy in 0..<copies {
            text += sample.replacingOccurrences(of: "{\"id\":\"", with: "{\"id\":\"copy-\(copy)-")
        }
        try text.write(toFile: folder.path("input.jsonl"), atomically: true, encoding: .utf8)
        return folder.path("input.jsonl")
    }

    @Test func leavesAProfileThatCanBeRead() throws {
        let first = try Command(
            ingest, "run", "--input", try input(copies: 4), "--store", folder.path("a.db"), "--profile",
            folder.path("a"),
            "--rate", "1000"
        ).run()
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.hasSuffix("read 4,000, stored 4,000, unchanged 0, rejected 0\n"))
        #expect(first.output.contains("Costliest functions") && first.output.contains("embed-description"))
        #expect(!first.errors.contains("\r"), "no progress bar without a terminal")
        for name in ["profile.pb.gz", "profile.folded", "flamegraph.svg", "flamegraph.html", "nodes.json"] {
            #expect(FileManager.default.fileExists(atPath: folder.path("a/\(name)")), "\(name)")
        }
        let quality = StackQuality(collapsed: folder.text("a/profile.folded"))
        #expect(quality.total > 0)
        #expect(quality.namedLeaf >= 0.95, "\(quality)")
        #expect(quality.reachesRoot >= 0.95, "\(quality)")
        let picture = folder.text("a/flamegraph.svg")
        #expect(picture.contains("embed-description") && picture.contains("HashedEmbedder."))
        let nodes = try JSONSerialization.jsonObject(with: Data(folder.text("a/nodes.json").utf8)) as? [String: Any]
        #expect(nodes != nil)

        // A second run finds nothing to do; its profile is the other side of a difference.
        let second = try Command(
            ingest, "run", "--input", folder.path("input.jsonl"), "--store", folder.path("a.db"), "--profile",
            folder.path("b"), "--rate", "1000"
        ).run()
        #expect(second.output.hasSuffix("read 4,000, stored 0, unchanged 4,000, rejected 0\n"), "\(second.errors)")
        try readWithHearth()
    }

    private func readWithHearth() throws {
        let (a, b) = (folder.path("a/profile.pb.gz"), folder.path("b/profile.folded"))
        let graph = try Command(hearth, "flamegraph", a, "-o", folder.path("graph.svg"), "--group-by", "node").run()
        #expect(graph.status == 0, "\(graph.errors)")
        #expect(folder.text("graph.svg").contains("HashedEmbedder."))
        let top = try Command(hearth, "top", a, "-n", "5").run()
        #expect(top.status == 0 && top.output.contains("HashedEmbedder."), "\(top.errors)")
        let diff = try Command(hearth, "diff", a, b, "-o", folder.path("diff.svg")).run()
        #expect(diff.status == 0, "\(diff.errors)")
        // The first has time blocks, if it took long enough; collapsed stacks have none.
        #expect(folder.text("diff.svg").contains(/single run: noise understated|noise from [0-9]+ and 1 stretches/))
        // Go's own reader agrees on what is on top.
        let pprof = try Command(
            "go", "tool", "pprof", "-top", "-sample_index=cpu", a,
            environment: ["HOME": folder.url.path, "PPROF_TMPDIR": folder.url.path]
        ).run()
        #expect(pprof.status == 0, "\(pprof.errors)")
        #expect(pprof.output.contains("HashedEmbedder."), "\(pprof.output.prefix(2000))")
    }

    @Test func anInterruptedRunGoesOnWhereItStopped() throws {
        let documents = try input(copies: 12)
        let arguments = ["run", "--input", documents, "--store", folder.path("store.db"), "--batch-size", "100"]
        var command = Command(ingest, "run", "--profile", folder.path("profile"))
        command.arguments = arguments + ["--profile", folder.path("profile")]
        let running = try command.start()
        let patience = Date().addingTimeInterval(120)
        // Interrupted when some batches are in the store.
        while running.process.isRunning, Date() < patience, try storedSoFar() < 500 { usleep(50_000) }
        running.signal(SIGINT)
        let outcome = running.wait()
        #expect(outcome.status == 130, "\(outcome.errors)")
        #expect(outcome.errors.contains("--resume"), "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path("profile/profile.pb.gz")))

        command.arguments = arguments + ["--resume"]
        let resumed = try command.run()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("resumed after"), "\(resumed.errors)")
        command.arguments = arguments
        let whole = try command.run()
        #expect(whole.output.hasSuffix("read 12,000, stored 0, unchanged 12,000, rejected 0\n"), "\(whole.output)")
    }

    /// Rows in the store while another process writes it.
    private func storedSoFar() throws -> Int {
        // The write-ahead log grows with every batch.
        let sizes = ["store.db", "store.db-wal"].map { name in
            (try? FileManager.default.attributesOfItem(atPath: folder.path(name))[.size] as? Int) ?? 0
        }
        return sizes.reduce(0, +) > 1_500_000 ? 500 : 0
    }

    @Test func queriesFindDocuments() throws {
        _ = try Command(ingest, "run", "--input", Checkout.sample, "--store", folder.path("store.db")).run()
        let first = try #require(
            try String(contentsOfFile: Checkout.sample, encoding: .utf8).split(separator: "\n").first)
        let document = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
        let name = try #require(document?["name"] as? String)
        let answer = try Command(ingest, "query", "--store", folder.path("store.db"), name, "-k", "5").run()
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.output.split(separator: "\n").count == 6, "a headline and five documents: \(answer.output)")
        #expect(answer.output.contains(name))
    }

    @Test(
        arguments: [
            (["run", "--input", "/nonexistent", "--store", "FOLDER/s.db"], 1, "/nonexistent"),
            (["run", "--input", "/", "--store", "FOLDER/s.db"], 1, "cannot read /"),
            (["run", "--input", "SAMPLE", "--store", "FOLDER/text"], 1, "FOLDER/text"),
            (["run", "--input", "SAMPLE", "--store", "FOLDER/none/s.db"], 1, "FOLDER/none/s.db"),
            (["run", "--input", "SAMPLE", "--store", "FOLDER/s.db", "--rate", "0"], 2, "--rate"),
            (["run", "--input", "SAMPLE"], 2, "--store"),
            (
                ["run", "--input", "FOLDER/bad.jsonl", "--store", "FOLDER/s.db", "--max-rejected", "1"], 1,
                "--max-rejected"
            ),
            (["query", "--store", "FOLDER/text", "words"], 1, "FOLDER/text"),
            (["corpus", "-o", "FOLDER/none/c.jsonl", "--limit", "3"], 1, "FOLDER/none/c.jsonl"),
            (["nonsense"], 2, "nonsense"),
            (["run", "--input", "SAMPLE", "--store", ""], 2, "see hearth-ingest run --help"),
            (["query", "--store", "FOLDER/s.db", " "], 2, "empty"),
            (["run", "--input", "SAMPLE", "--store", ":memory:"], 1, "a store in memory"),
            (["run", "--input", "SAMPLE", "--store", "/dev/null"], 1, "/dev/null is no regular file"),
            (["run", "--input", "FOLDER/in.gz", "--store", "FOLDER/s.db"], 1, "FOLDER/in.gz end too soon"),
        ] as [([String], Int32, String)])
    func badInputIsOneLine(_ arguments: [String], _ status: Int32, _ words: String) throws {
        try
            "this is no database, and long enough to have a header of a hundred bytes or so, which SQLite wants to see.\n"
            .write(toFile: folder.path("text"), atomically: true, encoding: .utf8)
        try Data("{\"name\":1}\n{\n\u{FF}\n".utf8 + [0xFF, 0x0A]).write(
            to: URL(fileURLWithPath: folder.path("bad.jsonl")))
        try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: folder.path("in.gz")))
        func filled(_ text: String) -> String {
            text.replacingOccurrences(of: "FOLDER", with: folder.url.path).replacingOccurrences(
                of: "SAMPLE", with: Checkout.sample)
        }
        var command = Command(ingest)
        command.arguments = arguments.map(filled)
        let outcome = try command.run()
        #expect(outcome.status == status, "\(outcome.errors)")
        #expect(outcome.errors.contains(filled(words)), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "one line: \(outcome.errors)")
        #expect(outcome.errors.hasPrefix("hearth-ingest: "), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
    }

    @Test func badDocumentsAreSetAside() throws {
        let lines = try String(contentsOfFile: Checkout.sample, encoding: .utf8).split(separator: "\n").prefix(20)
        var bytes = Data()
        for (index, line) in lines.enumerated() {
            bytes += Data(line.utf8) + [0x0A]
            if index == 4 { bytes += Data("{\"name\": \"cut off\n".utf8) }
            if index == 9 { bytes += [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x7D, 0x0A] }
            if index == 14 { bytes += Data("{\"version\":\"1.0\"}\n".utf8) }
        }
        try bytes.write(to: URL(fileURLWithPath: folder.path("input.jsonl")))
        let outcome = try Command(
            ingest, "run", "--input", folder.path("input.jsonl"), "--store", folder.path("s.db"), "--profile",
            folder.path("p"), "--max-rejected", "50%"
        ).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("read 23, stored 20, unchanged 0, rejected 3\n"), "\(outcome.output)")
        let rejected = folder.text("p/rejected.jsonl").split(separator: "\n")
        let entries = try rejected.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(entries.map { $0?["line"] as? Int } == [6, 12, 18], "\(rejected)")
    }

    @Test func theVersionIsThatOfHearth() throws {
        let version = try Command(ingest, "--version").run()
        #expect(version.status == 0)
        #expect(try version.output == Command(hearth, "--version").run().output)
    }

    /// The shortest way to it: `cat corpus.jsonl - | hearth-ingest run --input -`, and then Ctrl-C.
    @Test func aSignalEndsTheWaitingForInput() throws {
        var command = Command(ingest, "run", "--input", "-", "--store", folder.path("s.db"))
        command.arguments += ["--profile", folder.path("p")]
        let pipe = Pipe()
        command.input = pipe.fileHandleForReading
        let running = try command.start()
        // More than a pipe holds: when the last of it is in, the rest has been taken.
        try pipe.fileHandleForWriting.write(contentsOf: Data(contentsOf: URL(fileURLWithPath: Checkout.sample)))
        var unread: Int32 = 1
        while running.process.isRunning, unread > 0 {
            guard unsafe ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &unread) == 0 else { break }
            usleep(10_000)
        }
        let patience = Date().addingTimeInterval(120)
        // The first batch of 512 is in the store, and the rest waits for more.
        while running.process.isRunning, Date() < patience, try size(of: "s.db-wal") < 1_000_000 { usleep(10_000) }
        running.signal(SIGTERM)
        while running.process.isRunning, Date() < patience { usleep(10_000) }
        #expect(!running.process.isRunning, "it waits for input all the same")
        try pipe.fileHandleForWriting.close()
        let outcome = running.wait()
        #expect(outcome.status == 130, "\(outcome.errors)")
        #expect(outcome.output.hasSuffix("read 1,000, stored 1,000, unchanged 0, rejected 0\n"), "\(outcome.output)")
        #expect(outcome.errors.contains("interrupted after whole batches"), "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path("p/flamegraph.svg")))
    }

    @Test func aLineWithoutEndIsLeftAtASignal() throws {
        let running = try Command(ingest, "run", "--input", "/dev/zero", "--store", folder.path("s.db")).start()
        let patience = Date().addingTimeInterval(120)
        while running.process.isRunning, Date() < patience, try size(of: "s.db-wal") == 0 { usleep(10_000) }
        running.signal(SIGINT)
        let outcome = running.wait()
        #expect(outcome.status == 130, "\(outcome.errors)")
        #expect(outcome.output == "read 0, stored 0, unchanged 0, rejected 0\n")
    }

    private func size(of name: String) throws -> Int {
        (try? FileManager.default.attributesOfItem(atPath: folder.path(name))[.size] as? Int) ?? 0
    }

    @Test func outputThatIsLostIsAFailure() throws {
        let full = "hearth-ingest: cannot write standard output: No space left on device\n"
        for arguments in [
            ["run", "--input", Checkout.sample, "--store", folder.path("s.db")],
            ["query", "--store", folder.path("s.db"), "words"], ["--help"], ["corpus", "-o", "-", "--limit", "1"],
        ] {
            var command = Command(ingest)
            command.arguments = arguments
            command.outputPath = "/dev/full"
            let outcome = try command.run()
            #expect(outcome.status == 1, "\(arguments)")
            #expect(outcome.errors == full, "\(arguments)")
            // A closed output must not become the store's descriptor either.
            command = Command("bash")
            command.arguments = ["-c", "exec \"$0\" \"$@\" >&-", ingest] + arguments
            let closed = try command.run()
            #expect(closed.status == 1, "\(arguments)")
            #expect(
                closed.errors == "hearth-ingest: cannot write standard output: Bad file descriptor\n", "\(arguments)")
        }
        let again = try Command(ingest, "run", "--input", Checkout.sample, "--store", folder.path("s.db")).run()
        #expect(again.output == "read 1,000, stored 0, unchanged 1,000, rejected 0\n", "\(again.errors)")
    }

    @Test func aFileOfTheProfileThatCannotBeWrittenIsNamed() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path("p/flamegraph.svg"), withIntermediateDirectories: true)
        let outcome = try Command(
            ingest, "run", "--input", Checkout.sample, "--store", folder.path("s.db"), "--profile", folder.path("p")
        ).run()
        #expect(outcome.status == 1)
        #expect(outcome.output.hasSuffix("read 1,000, stored 1,000, unchanged 0, rejected 0\n"), "\(outcome.output)")
        #expect(
            outcome.output.contains(": flamegraph.html, profile.pb.gz, profile.folded, nodes.json\n"),
            "\(outcome.output)")
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        #expect(outcome.errors.contains(folder.path("p/flamegraph.svg")), "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path("p/profile.pb.gz")))
    }

    @Test func anEmptyStoreSaysSo() throws {
        _ = try Command(ingest, "run", "--input", "/dev/null", "--store", folder.path("s.db")).run()
        let text = try Command(ingest, "query", "--store", folder.path("s.db"), "words").run()
        #expect(text.status == 0 && text.output.isEmpty)
        #expect(text.errors == "hearth-ingest: \(folder.path("s.db")) holds no documents\n")
        let json = try Command(ingest, "query", "--store", folder.path("s.db"), "words", "--format", "json").run()
        #expect(json.output == "[]\n")
    }

    @Test func aStoreNamedLikeAURIIsAFile() throws {
        let name = "file:s.db?mode=memory"
        let outcome = try Command(ingest, "run", "--input", Checkout.sample, "--store", name, in: folder.url).run()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.path(name)))
    }

    @Test func anInterruptedCorpusLeavesNothing() throws {
        // A tool that writes one package and then nothing more.
        let tool = folder.path("bin/apt-cache")
        try FileManager.default.createDirectory(atPath: folder.path("bin"), withIntermediateDirectories: true)
        try "#!/bin/sh\nprintf 'Package: a\\nVersion: 1\\n\\n'\nexec sleep 1000\n".write(
            toFile: tool, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
        let path = "\(folder.path("bin")):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
        let running = try Command(
            ingest, "corpus", "-o", folder.path("corpus.jsonl"), environment: ["PATH": path]
        ).start()
        func files() -> [String] {
            let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
            return all.filter { $0.hasPrefix("corpus") }
        }
        let patience = Date().addingTimeInterval(120)
        while running.process.isRunning, Date() < patience, files().isEmpty { usleep(10_000) }
        running.signal(SIGTERM)
        let outcome = running.wait()
        #expect(outcome.status == 130, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("hearth-ingest: interrupted"), "\(outcome.errors)")
        #expect(files().isEmpty)
    }

    @Test func aFullDiskIsOneLineAndLeavesNoHalfFile() throws {
        // A limit on the size of files does what a full disk does, for any user.
        var command = Command("bash")
        command.arguments = [
            "-c", "ulimit -f 200; trap '' XFSZ; exec \"$0\" corpus --limit 100000 -o \"$1\"", ingest,
            folder.path("corpus.jsonl"),
        ]
        let corpus = try command.run()
        #expect(corpus.status == 1)
        #expect(corpus.errors.split(separator: "\n").count == 1, "\(corpus.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("corpus.jsonl")))
        command.arguments = [
            "-c", "ulimit -f 400; trap '' XFSZ; exec \"$0\" run --input \"$1\" --store \"$2\"", ingest, Checkout.sample,
            folder.path("s.db"),
        ]
        let run = try command.run()
        #expect(run.status == 1)
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(run.errors.contains(folder.path("s.db")), "\(run.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(!left.contains { $0.contains("partial") }, "\(left)")
    }
}

/// Shares of the weight of a collapsed profile.
struct StackQuality: CustomStringConvertible {
    var total = 0.0
    /// The leaf is a function's name.
    var namedLeaf = 0.0
    /// The stack goes down to where its thread or task began.
    var reachesRoot = 0.0

    init(collapsed: String) {
        for line in collapsed.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let weight = Double(line[line.index(after: space)...]) else {
                continue
            }
            let frames = line[..<space].split(separator: ";")
            total += weight
            guard let leaf = frames.last, let root = frames.first else { continue }
            if !leaf.contains("+0x"), !leaf.hasPrefix("0x"), !leaf.hasPrefix("[") { namedLeaf += weight }
            if root != "[incomplete]" { reachesRoot += weight }
        }
        namedLeaf /= max(total, 1)
        reachesRoot /= max(total, 1)
    }

    var description: String { "named leaf \(namedLeaf), root \(reachesRoot)" }
}
