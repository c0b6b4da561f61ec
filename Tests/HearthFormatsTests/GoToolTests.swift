import Foundation
import HearthFormats
import HearthProfile
import Testing

/// What `go tool pprof`, which this project did not write, makes of our files.
@Suite struct GoToolTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-go-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// Runs `go tool pprof` and returns its standard output.
    private func pprof(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["go", "tool", "pprof"] + arguments
        var environment = ProcessInfo.processInfo.environment
        for name in ["HOME", "GOCACHE", "PPROF_TMPDIR"] { environment[name] = folder.path }
        process.environment = environment
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(
            process.terminationStatus != 127, "go is missing: install Debian's golang-go, as Tools/test does")
        try #require(process.terminationStatus == 0, "go tool pprof \(arguments): \(complaints)")
        #expect(!complaints.contains("warning") && !complaints.contains("rror"), "\(complaints)")
        return text
    }

    private func text(_ arguments: [String]) throws -> String { String(decoding: try pprof(arguments), as: UTF8.self) }

    /// main → work → {inner inlined into outer, idle}, two nodes, two blocks, one frame without a name.
    private func sample() -> Profile {
        var profile = Profile(
            sampleTypes: [.samples, .cpu], defaultSampleType: 1, period: 10_000_000,
            startTime: 1_700_000_000_000_000_000, duration: 2_000_000_000, blockDuration: 1_000_000_000,
            attributes: ["unwinder": "hybrid"])
        let image = profile.intern(
            Image(
                path: "/nowhere/app", buildID: "abcdef01", start: 0x5000, end: 0x9000, bias: 0x3000, fileOffset: 0x1000)
        )
        let file = profile.intern("/src/app.swift")
        func frame(_ name: String, _ address: UInt64, _ line: UInt32, _ kind: Frame.Kind = .function) -> FrameID {
            let full = profile.intern("whole \(name)")
            let name = profile.intern(name)
            return profile.intern(
                Frame(name: name, fullName: full, file: file, line: line, image: image, address: address, kind: kind))
        }
        let main = frame("main", 0x2100, 10)
        let work = frame("work(on:)", 0x2200, 20)
        let outer = frame("outer", 0x2300, 30)
        let inner = frame("inner", 0x2300, 31, .inlined)
        let bare = profile.intern(Frame(name: .empty, image: image, address: 0x2400))
        let rows: [([FrameID], String, UInt32, Int64)] = [
            ([main, work, outer, inner], "embed", 0, 30), ([main, work, outer], "embed", 1, 20),
            ([main, work, bare], "store", 1, 10), ([main], "store", 0, 5),
        ]
        for (frames, node, block, count) in rows {
            let labels = profile.intern(labels: ["node": .text(node), "bytes": .number(512, unit: "bytes")])
            profile.add(
                Profile.Sample(stack: profile.stack(rootFirst: frames), labels: labels, block: block),
                values: [count, count * 10_000_000])
        }
        return profile
    }

    private func write(_ profile: Profile) throws -> String {
        let path = folder.appendingPathComponent("x.pb.gz").path
        try profile.write(to: path)
        return path
    }

    /// The columns of the line of `-top` that ends in `name`.
    private func row(_ table: String, _ name: String) -> [String]? {
        table.split(separator: "\n").first { $0.hasSuffix(" " + name) || $0.hasSuffix(" \(name) (inline)") }
            .map { $0.split(separator: " ").map(String.init) }
    }

    @Test func top() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try write(sample())
        let table = try text(["-top", "-nodecount=0", path])
        #expect(table.contains("Type: cpu"))
        #expect(table.contains("Duration: 2s, Total samples = 650ms"))
        #expect(row(table, "inner")?.prefix(2) == ["300ms", "46.15%"])
        #expect(row(table, "outer")?.prefix(5) == ["200ms", "30.77%", "76.92%", "500ms", "76.92%"])
        #expect(row(table, "main").map { $0[3] } == "650ms")
        #expect(row(table, "work(on:)").map { $0[3] } == "600ms")
        let samples = try text(["-top", "-sample_index=samples", path])
        #expect(row(samples, "inner")?.first == "30")
    }

    @Test func tagsAndTraces() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try write(sample())
        let tags = try text(["-tags", path])
        #expect(tags.contains("hearth_block"))
        #expect(tags.contains("500.0ms (76.92%): embed"))
        #expect(tags.contains("150.0ms (23.08%): store"))
        #expect(tags.contains("512B"))
        let traces = try text(["-traces", path])
        let words = traces.split(whereSeparator: \.isWhitespace).map(String.init)
        let inner = try #require(words.firstIndex(of: "inner"))
        #expect(
            words[inner...].filter { ["outer", "work(on:)", "main"].contains($0) }.prefix(3) == [
                "outer", "work(on:)", "main",
            ])
    }

    @Test func rawKeepsAddressesMappingAndComments() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try write(sample())
        let raw = try text(["-raw", path])
        #expect(raw.contains("PeriodType: cpu nanoseconds"))
        #expect(raw.contains("Period: 10000000"))
        #expect(raw.contains("samples/count cpu/nanoseconds[dflt]"))
        #expect(raw.contains("0x5300 M=1 inner"))
        #expect(raw.contains("1: 0x5000/0x9000/0x1000 /nowhere/app abcdef01 [FN][FL][LN][IN]"))
        let comments = try text(["-comments", path])
        #expect(comments.contains("unwinder: hybrid"))
    }

    @Test func whatGoWritesIsReadBack() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = sample()
        let path = try write(profile)
        let back = try Profile.read(Array(try pprof(["-proto", path])), named: "go.pb.gz").profile
        #expect(back.canonicalRows == profile.canonicalRows)
        #expect(back.blockDuration == profile.blockDuration)
        #expect(back.attributes == profile.attributes)
        #expect(back.sampleTypes == profile.sampleTypes)
        #expect(back.periodType == profile.periodType && back.period == profile.period)
    }

    @Test func goSubtractsAndAdds() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = try write(sample())
        let none = try text(["-top", "-diff_base", path, path])
        #expect(none.contains("Total samples = 650ms") && none.contains("accounting for 0, 0% of 650ms total"))
        let twice = try Profile.read(Array(try pprof(["-proto", path, path])), named: "go.pb.gz").profile
        #expect(twice.total(column: 1) == 1_300_000_000)
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func goTakesEveryProfileOfOurs(seed: UInt64) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = Profile.random(seed: seed)
        let path = try write(profile)
        let back = try Profile.read(Array(try pprof(["-proto", path])), named: "go.pb.gz").profile
        for column in profile.sampleTypes.indices {
            #expect(back.total(column: column) == profile.total(column: column))
        }
    }
}
