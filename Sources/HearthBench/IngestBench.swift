import Foundation

/// Documents a second of `hearth-ingest run` as a whole process, from the file to the closed store: by its fast options, and with fields
/// by JSONPath. Beside it, in turn with it, Python picks six fields out of the same file by the JSON readers that it has.
struct IngestBench {
    private enum Form: String, CaseIterable {
        case direct, jsonpath, python, orjson, ujson
    }

    private static let rounds = 5
    private static let sample = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"
    private static let python = "/usr/bin/python3"

    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("hearth-bench-\(UUID().uuidString)").path
    private var input: String { "\(folder)/corpus.jsonl" }

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = try MeasuredProgram.path(of: "hearth-ingest")
        try writeCorpus(program)
        let (documents, bytes) = try size()
        print("# whole processes; medians of \(Self.rounds) rounds, all forms in turn")
        printFigure("ingest.documents", Double(documents), "documents")
        printFigure("ingest.document", Double(bytes) / Double(documents), "bytes")
        var runs: [Form: [MeasuredProgram]] = [:]
        for round in 0..<Self.rounds {
            for form in round % 2 == 0 ? Form.allCases : Form.allCases.reversed() {
                if let run = try run(form, program) { runs[form, default: []].append(run) }
            }
        }
        for form in Form.allCases {
            guard let runs = runs[form] else { continue }
            let key = form == .direct ? "ingest" : "ingest.\(form)"
            let wall = runs.map(\.wall).medianWithInterval
            printFigure("\(key).rate", Double(documents) / wall.median, "documents/s")
            printFigure("\(key).rate.low", Double(documents) / wall.high, "documents/s")
            printFigure("\(key).rate.high", Double(documents) / wall.low, "documents/s")
            printFigure("\(key).wall", wall.median, "s", digits: 3)
            printFigure("\(key).cpu", runs.map(\.cpu).quantile(0.5), "s", digits: 3)
            printFigure("\(key).memory", Double(runs.map(\.memory).max() ?? 0) / 1e6, "MB", digits: 1)
        }
    }

    /// All of the machine's lists of packages; without them the thousand documents that ship, again and again under other ids.
    private func writeCorpus(_ program: String) throws {
        let made = try MeasuredProgram.run(program, ["corpus", "-o", input], allowing: [0, 1])
        if made.status == 0 { return print("# the packages of apt's lists") }
        print("# no lists of packages here: the thousand documents that ship, 60 times")
        let sample = try String(contentsOfFile: Self.sample, encoding: .utf8)
        guard FileManager.default.createFile(atPath: input, contents: nil),
            let file = FileHandle(forWritingAtPath: input)
        else { throw BenchFailure(reason: "\(input) cannot be written") }
        for copy in 0..<60 {
            try file.write(
                contentsOf: Data(sample.replacingOccurrences(of: "{\"id\":\"", with: "{\"id\":\"\(copy)-").utf8))
        }
        try file.close()
    }

    /// Read in pieces: what the bench has in memory counts for the programs that it starts.
    private func size() throws -> (documents: Int, bytes: Int) {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        var (documents, bytes) = (0, 0)
        while let piece = try file.read(upToCount: 1 << 16), !piece.isEmpty {
            documents += piece.count { $0 == UInt8(ascii: "\n") }
            bytes += piece.count
        }
        try file.close()
        return (documents, bytes)
    }

    /// Nil where Python, or its reader, is not there.
    private func run(_ form: Form, _ program: String) throws -> MeasuredProgram? {
        switch form {
        case .direct, .jsonpath:
            let store = "\(folder)/store.db"
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
            return try MeasuredProgram.run(
                program, ["run", "--input", input, "--store", store, "--fields", form.rawValue])
        case .python, .orjson, .ujson:
            guard FileManager.default.isExecutableFile(atPath: Self.python) else { return nil }
            let module = form == .python ? "json" : form.rawValue
            let run = try MeasuredProgram.run(
                Self.python, ["Tools/lib/pick-fields.py", module, input], allowing: [0, 3])
            return run.status == 0 ? run : nil
        }
    }
}
