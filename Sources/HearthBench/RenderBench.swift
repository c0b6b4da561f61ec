import Foundation

/// A flame graph of collapsed stacks by `hearth flamegraph`: 10 thousand, 100 thousand and a million unique ones.
struct RenderBench {
    static let sizes = [("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)]

    func run() throws {
        if try SyntheticInput.isWriter() { return }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appendingPathComponent("stacks.folded").path
        let output = folder.appendingPathComponent("out.svg").path
        for (name, count) in Self.sizes {
            let bytes = try SyntheticInput.write(count, bench: "render", to: input)
            let measured = try MeasuredProgram.best(of: 3, "hearth", ["flamegraph", input, "-o", output])
            try measured.print("render.\(name)", bytes: bytes, output: output)
        }
    }
}
