import Foundation
import HearthProfile
import Testing

@testable import HearthFormats

/// Samples in the order of their file, each a time block of its own, as a flame chart wants them.
@Suite struct OrderTests {
    private func rows(_ text: String, _ format: ProfileFormat) throws -> [String] {
        let profile = try Profile.read(Array(text.utf8), named: "x", format: format, keepsOrder: true).profile
        #expect(profile.blockDuration == 0)
        return profile.samples.indices.sorted { profile.samples[$0].block ?? 0 < profile.samples[$1].block ?? 0 }.map {
            let stack = profile.stacks.framesLeafFirst(profile.samples[$0].stack).reversed()
            let values = profile.values(row: $0).map(String.init).joined(separator: ",")
            return "\(stack.map { profile.displayName($0) }.joined(separator: ";")) \(values)"
        }
    }

    @Test func collapsed() throws {
        let text = "main;b 1\nmain;a 2\n\nmain;a;c 3\nmain;a 2\n# nothing\nmain;b 0.5\nz 4\n"
        #expect(
            try rows(text, .collapsed) == [
                "main;b 10", "main;a 20", "main;a;c 30", "main;a 20", "main;b 5", "z 40",
            ])
    }

    @Test func collapsedOfManyPieces() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString).folded")
        defer { try? FileManager.default.removeItem(at: path) }
        let lines = (0..<60_000).map { "main;step \($0 % 7);leaf \($0 % 3) \($0 + 1)" }
        try Data(lines.joined(separator: "\n").utf8).write(to: path)
        let profile = try Profile.read(path.path, keepsOrder: true).profile
        #expect(profile.samples.count == lines.count)
        #expect(profile.samples.indices.allSatisfy { profile.samples[$0].block == UInt32($0) })
        #expect(profile.values == (1...60_000).map(Int64.init))
        #expect(profile.stacks.count == 1 + 1 + 7 + 21)
    }

    @Test func speedscope() throws {
        let text = """
            {"$schema": "https://www.speedscope.app/file-format-schema.json", "shared": {"frames": [{"name": "a"},
            {"name": "b"}]}, "profiles": [{"type": "sampled", "name": "p", "unit": "none", "startValue": 0, "endValue": 6,
            "samples": [[0], [0, 1], [0]], "weights": [1, 2, 3]}]}
            """
        #expect(try rows(text, .speedscope) == ["a 1", "a;b 2", "a 3"])
    }

    @Test func perfScript() throws {
        let sample = { (time: String, name: String) in
            "app 10 \(time): 1 cpu-clock:\n\t1000 \(name)+0x0 (/bin/app)\n\n"
        }
        let text = sample("1.000", "f") + sample("1.001", "g") + sample("1.002", "f")
        #expect(try rows(text, .perfScript).map { $0.prefix(1) } == ["f", "g", "f"])
    }

    /// Blocks of ours are an order already; samples of others stand as the file has them.
    @Test func pprof() throws {
        var profile = Profile(sampleTypes: [.samples])
        let stacks = ["a", "b"].map { profile.push(profile.intern(frameNamed: $0), on: .empty) }
        for stack in stacks { profile.add(.init(stack: stack), values: [1]) }
        let plain = try Profile.read(
            try profile.encoded(as: .pprof), named: "x.pb.gz", keepsOrder: true
        ).profile
        #expect(plain.samples.map(\.block) == [0, 1])
        profile.blockDuration = 1_000_000_000
        profile.add(.init(stack: stacks[0], block: 7), values: [1])
        let blocks = try Profile.read(
            try profile.encoded(as: .pprof), named: "x.pb.gz", keepsOrder: true
        ).profile
        #expect(blocks.samples.contains { $0.block == 7 } && blocks.blockDuration == 1_000_000_000)
    }
}
