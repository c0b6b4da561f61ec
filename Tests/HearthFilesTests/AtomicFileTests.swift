import Foundation
import HearthFiles
import Testing

@Suite struct AtomicFileTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    private func entries() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory.path) }

    @Test func appearsOnlyWhenCommitted() throws {
        let path = directory.appendingPathComponent("a.txt").path
        let file = try AtomicFile(path: path)
        try file.write(String(repeating: "x", count: 1_000_000))
        #expect(try !entries().contains("a.txt"))
        try file.commit()
        #expect(try entries() == ["a.txt"])
        #expect(try readFile(path).count == 1_000_000)
    }

    @Test func leavesNothingBehindWhenDropped() throws {
        let path = directory.appendingPathComponent("b.txt").path
        try AtomicFile.write(Array("old".utf8), to: path)
        do {
            let file = try AtomicFile(path: path)
            try file.write("half")
        }
        #expect(try entries() == ["b.txt"])
        #expect(try readFile(path) == Array("old".utf8))
    }

    @Test func namesTheFileAndTheReason() throws {
        let path = directory.appendingPathComponent("none/c.txt").path
        #expect(throws: FileError(.create, path: path, code: 2)) { try AtomicFile.write([], to: path) }
        #expect(
            FileError(.create, path: "c.txt", code: 2).description == "cannot create c.txt: No such file or directory")
        #expect(throws: FileError(.read, path: directory.path, code: 21)) { try readFile(directory.path) }
    }

    @Test func devicesAndLinksAreWrittenThrough() throws {
        // /dev/full takes the open and answers every write with ENOSPC, as a full disk does.
        #expect(throws: FileError(.write, path: "/dev/full", code: 28)) { try AtomicFile.write([1], to: "/dev/full") }
        let target = directory.appendingPathComponent("target").path
        let link = directory.appendingPathComponent("link").path
        try AtomicFile.write(Array("old".utf8), to: target)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        try AtomicFile.write(Array("new".utf8), to: link)
        #expect(try readFile(target) == Array("new".utf8))
    }

    @Test func readingStopsAtTheLimit() throws {
        #expect(throws: FileError(.open, path: "/nonexistent", code: 2)) { try readFile("/nonexistent") }
        #expect(throws: FileError(.read, path: "/dev/zero", code: 27)) { try readFile("/dev/zero", limit: 1 << 20) }
    }
}
