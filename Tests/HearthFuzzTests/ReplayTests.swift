import Foundation
import Testing

@testable import HearthFuzz

/// Inputs that fuzzing has found, read again in every run of the tests: see Docs/Fuzzing.md.
@Suite struct ReplayTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private func inputs(_ kind: String, of reader: FuzzedReader) throws -> [URL] {
        let folder = Self.folder.appendingPathComponent("\(kind)/\(reader.rawValue)")
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    }

    /// Each of these once trapped, hung, took all memory or broke a law.
    @Test(arguments: FuzzedReader.allCases) func whatWasMendedStaysSo(reader: FuzzedReader) throws {
        for input in try inputs("Regressions", of: reader) { try replay(input, by: reader) }
    }

    @Test(arguments: FuzzedReader.allCases) func allLawsHoldInTheCorpus(reader: FuzzedReader) throws {
        let inputs = try inputs("Corpus", of: reader)
        #expect(!inputs.isEmpty)
        for input in inputs { try replay(input, by: reader) }
    }

    private func replay(_ input: URL, by reader: FuzzedReader) throws {
        do {
            try reader.check([UInt8](try Data(contentsOf: input)))
        } catch let broken as BrokenLaw {
            Issue.record("\(input.lastPathComponent): \(broken)")
        }
    }
}
