import Foundation

/// The difference of two files of collapsed stacks by `hearth diff`: each lacks one stack in twenty that the other has.
struct DiffBench {
    func run() throws {
        if try SyntheticInput.isWriter() { return }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let base = folder.appendingPathComponent("base.folded").path
        let new = folder.appendingPathComponent("new.folded").path
        let output = folder.appendingPathComponent("out.svg").path
        for (name, count) in RenderBench.sizes {
            let bytes =
                try SyntheticInput.write(count, variant: 1, bench: "diff", to: base)
                + SyntheticInput.write(count, variant: 2, bench: "diff", to: new)
            let measured = try MeasuredProgram.best(of: 3, "hearth", ["diff", base, new, "-o", output])
            try measured.print("diff.\(name)", bytes: bytes, output: output)
        }
    }
}
