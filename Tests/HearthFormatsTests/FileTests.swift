import Foundation
import HearthFiles
import HearthFormats
import HearthProfile
import HearthRandom
import Testing

@Suite struct FileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @Test(arguments: ["x.folded", "x.pb", "x.pb.gz", "x.speedscope.json"])
    func writtenByExtensionAndReadBack(name: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = Profile.random(seed: 5)
        try profile.write(to: path(name))
        let back = try Profile(contentsOf: path(name))
        let column = name == "x.folded" ? 0 : profile.defaultSampleType
        #expect(back.total(column: column) == profile.total(column: profile.defaultSampleType))
        let isCompressed = try Data(contentsOf: URL(fileURLWithPath: path(name))).starts(with: [0x1F, 0x8B])
        #expect(isCompressed == (name == "x.pb.gz"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    }

    @Test(arguments: ["x.folded.gz", "x.FOLDED.GZ", "x.speedscope.json.gz", "x.pb.gz", "x.pprof"])
    func whatIsCalledGzipIsGzip(name: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        // More than one piece of the writer's, and of the compressor's.
        var profile = Profile(sampleTypes: [.samples])
        var random = SeededGenerator(seed: 1)
        for index in 0..<20_000 {
            let name = "f\(index)-\(UInt64.random(in: 0 ... .max, using: &random))"
            let stack = profile.push(profile.intern(frameNamed: name), on: .empty)
            profile.add(.init(stack: stack), values: [Int64(index + 1)])
        }
        try profile.write(to: path(name))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path(name))).starts(with: [0x1F, 0x8B]))
        let back = try Profile(contentsOf: path(name))
        #expect(back.samples.count == 20_000 && back.total(column: 0) == profile.total(column: 0))
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let profile = Profile.random(seed: 5)
        #expect(throws: ProfileWriteError.unknownExtension(path: path("x.txt"))) {
            try profile.write(to: path("x.txt"))
        }
        #expect(throws: ProfileWriteError.cannotBeWritten(.perfScript)) { try profile.write(to: path("x.perf")) }
        #expect(throws: ProfileWriteError.file(FileError(.write, path: "/dev/full", code: 28))) {
            try profile.write(to: "/dev/full", format: .collapsed)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func missingFilesAndFoldersAreNamed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: ProfileReadError.self) { try Profile(contentsOf: path("missing.pb.gz")) }
        do {
            _ = try Profile(contentsOf: "/nowhere/x.folded")
        } catch {
            #expect(error.description == "cannot read /nowhere/x.folded: No such file or directory")
        }
        do {
            _ = try Profile(contentsOf: folder.path)
        } catch {
            #expect(error.description == "cannot read \(folder.path): Is a directory")
        }
    }
}
