import Foundation
import HearthFlameGraph
import HearthProfile
import Testing

/// Pictures as they were looked at. `HEARTH_UPDATE_GOLDEN=1` rewrites them all; look at the difference, and at the
/// pictures, before it is committed.
@Suite struct GoldenTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Golden")

    private func check(_ text: String, _ name: String) throws {
        let file = Self.directory.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["HEARTH_UPDATE_GOLDEN"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(text == golden, "\(name) differs; HEARTH_UPDATE_GOLDEN=1 rewrites it")
        try expectWellFormed(text)
    }

    @Test func pipeline() throws {
        let options = FlameGraphOptions(title: "Ingestion of 60,000 documents")
        try check(FlameGraph(SampleProfiles.ingestion(), options: options).svg(), "pipeline.svg")
    }

    @Test func reversed() throws {
        let options = FlameGraphOptions(
            subtitle: "Who calls the costly functions", width: 900, minWidth: .percent(1), colors: .hash,
            orientation: .icicle, reverse: true)
        try check(FlameGraph(SampleProfiles.ingestion(), column: 0, options: options).svg(), "reversed.svg")
    }

    @Test func pruned() throws {
        try check(
            FlameGraph(SampleProfiles.ingestion(), options: .init(frameBudget: 25, colors: .kind)).svg(), "pruned.svg")
    }

    @Test func byLabel() throws {
        try check(FlameGraph(SampleProfiles.ingestion(), options: .init(colors: .label)).svg(), "label.svg")
    }

    @Test func warm() throws {
        try check(FlameGraph(SampleProfiles.ingestion(), options: .init(colors: .warm)).svg(), "warm.svg")
    }

    @Test func difference() throws {
        let base = SampleProfiles.ingestion()
        let new = SampleProfiles.ingestion { name, milliseconds in
            switch name {
            case "SIMD16<Float>.addProduct(_:_:)": milliseconds / 3
            case "sqlite3VdbeExec": milliseconds * 2
            case "validateUTF8(_:)": 0
            case "fdatasync": milliseconds + 120
            default: milliseconds
            }
        }
        try check(ProfileDiff(base: base, new: new).svg(), "difference.svg")
        try check(
            ProfileDiff(base: base, new: new, normalization: .absolute).svg(options: .init(orientation: .icicle)),
            "difference-absolute.svg")
        let time = ProfileDiff.Normalization.time(base: 60_000_000_000, new: 75_000_000_000)
        try check(
            ProfileDiff(base: base, new: new, normalization: time).svg(
                options: .init(title: "Per second", width: 800, minWidth: .pixels(2), reverse: false, widths: .base)),
            "difference-time.svg")
    }

    @Test func chart() throws {
        var profile = Profile(sampleTypes: [.cpu])
        let turns = [
            "read;parse", "read;parse;hash", "read", "write;sync", "read;parse", "read;parse", "write", "write;sync",
        ]
        for (block, turn) in turns.enumerated() {
            let names = "main;\(turn)".split(separator: ";")
            let stack = names.reduce(StackID.empty) { profile.push(profile.intern(frameNamed: String($1)), on: $0) }
            profile.add(.init(stack: stack, block: UInt32(block)), values: [Int64(block + 1) * 10_000_000])
        }
        try check(FlameGraph(profile, options: .init(isChart: true)).svg(), "chart.svg")
    }

    @Test func empty() throws {
        try check(FlameGraph(Profile(sampleTypes: [.cpu])).svg(), "empty.svg")
    }
}
