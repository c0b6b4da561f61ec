import Foundation
import HearthFormats
import HearthProfile
import HearthTestRuns
import Testing

enum SpeedscopeSchema {
    /// The schema as JSON, or the package that carries it.
    static let path = ProcessInfo.processInfo.environment["HEARTH_SPEEDSCOPE_SCHEMA"].flatMap { path in
        FileManager.default.fileExists(atPath: path) ? path : nil
    }
}

/// speedscope files of ours against speedscope's published schema, and counted by a program that is not ours.
@Suite(
    .enabled(
        if: SpeedscopeSchema.path != nil, "no schema: Tools/test downloads it, HEARTH_SPEEDSCOPE_SCHEMA names one"))
struct SchemaTests {
    private struct Part: Decodable {
        var name: String
        var unit: String
        var total: Double
        var leaves: [String: Double]
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func check(_ files: [String]) throws -> Command.Outcome {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/CheckSpeedscope.py")
        // Debian's, which has Debian's python3-jsonschema.
        var command = Command("/usr/bin/python3")
        command.arguments = [script.path, SpeedscopeSchema.path ?? ""] + files
        return try command.run()
    }

    private func parts(_ path: String) throws -> [Part] {
        let outcome = try check([path])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode([Part].self, from: Data(outcome.output.utf8))
    }

    private func leaves(_ profile: Profile, column: Int) -> [String: Double] {
        var result: [String: Int64] = [:]
        for (row, sample) in profile.samples.enumerated() {
            let name = sample.stack == .empty ? "" : profile.displayName(profile.stacks.leaf(of: sample.stack))
            let value = profile.value(row: row, column: column)
            if value > 0 { result[name, default: 0] += value }
        }
        return result.mapValues(Double.init)
    }

    @Test(arguments: 0..<6 as Range<UInt64>) func filesAreOfTheSchema(seed: UInt64) throws {
        let profile = Profile.random(seed: seed)
        try profile.write(to: folder.path("x.speedscope.json"))
        let parts = try parts(folder.path("x.speedscope.json"))
        #expect(parts.map(\.name) == ["samples", "cpu", "alloc_space"])
        #expect(parts.map(\.unit) == ["none", "nanoseconds", "bytes"])
        for (column, part) in parts.enumerated() {
            #expect(part.leaves == leaves(profile, column: column))
            #expect(part.total == Double(profile.positive(column: column).total(column: 0)))
        }
    }

    @Test func aProfileAThread() throws {
        let profile = Profile.random(seed: 4).keeping(columns: [1])
        try profile.write(to: folder.path("x.speedscope.json"), splitBy: "node")
        let parts = try parts(folder.path("x.speedscope.json"))
        let split = profile.split(by: ["node"])
        #expect(parts.count == split.count && parts.count == 3)
        for (values, part) in split {
            let name = values[0]?.description ?? "[no node]"
            let written = try #require(parts.first { $0.name == name })
            #expect(written.unit == "nanoseconds")
            #expect(written.leaves == leaves(part, column: 0))
        }
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.total >= $1.total })
    }

    @Test func fractionsAndEmptyProfilesToo() throws {
        try Profile(sampleTypes: [.cpu]).write(to: folder.path("empty.json"), splitBy: "thread")
        #expect(try parts(folder.path("empty.json")).map(\.total) == [0])
        let thirds = try Profile.read(Array("a;b 1.25\na 0.5\n".utf8), named: "x.folded").profile
        try thirds.write(to: folder.path("thirds.json"))
        #expect(try parts(folder.path("thirds.json")).map(\.leaves) == [["a": 0.5, "b": 1.25]])
    }

    /// The check can fail.
    @Test func whatIsNotOfTheSchemaIsFound() throws {
        let good = String(decoding: try Profile.random(seed: 1).encoded(as: .speedscope), as: UTF8.self)
        for (from, to) in [
            (#""unit":"none""#, #""unit":"count""#), (#""type":"sampled""#, #""type":"samples""#),
            (#""startValue":0"#, #""startValue":"0""#), (#""samples":[["#, #""samples":[[9999,"#),
            (#""activeProfileIndex":"#, #""activeProfileIndex":null,"was":"#),
        ] {
            let bad = good.replacingOccurrences(of: from, with: to)
            #expect(bad != good)
            try bad.write(toFile: folder.path("bad.json"), atomically: true, encoding: .utf8)
            #expect(try check([folder.path("bad.json")]).status != 0, "\(to)")
        }
    }
}
