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

    @Test(arguments: [0o600, 0o640, 0o755, 0o444]) func aReplacedFileKeepsItsPermissions(mode: Int) throws {
        let path = directory.appendingPathComponent("private").path
        try AtomicFile.write(Array("old".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        let before = try FileManager.default.attributesOfItem(atPath: path)
        try AtomicFile.write(Array("new".utf8), to: path)
        let after = try FileManager.default.attributesOfItem(atPath: path)
        #expect(after[.posixPermissions] as? Int == mode)
        #expect(after[.ownerAccountID] as? Int == before[.ownerAccountID] as? Int)
        #expect(after[.groupOwnerAccountID] as? Int == before[.groupOwnerAccountID] as? Int)
        #expect(try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self) == "new")
    }

    @Test func untilItIsCommittedAReplacementIsPrivate() throws {
        let path = directory.appendingPathComponent("private").path
        try AtomicFile.write(Array("old".utf8), to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let file = try AtomicFile(path: path)
        let partial = try #require(try entries().first { $0 != "private" })
        let attributes = try FileManager.default.attributesOfItem(
            atPath: directory.appendingPathComponent(partial).path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try file.commit()
    }

    @Test func anOwnerIsKeptWhereTheSystemAllowsIt() throws {
        let path = directory.appendingPathComponent("theirs").path
        try AtomicFile.write(Array("old".utf8), to: path)
        // Only root gives files away.
        let isRoot =
            (try? FileManager.default.setAttributes(
                [.ownerAccountID: 4_242, .groupOwnerAccountID: 4_243], ofItemAtPath: path)) != nil
        try AtomicFile.write(Array("new".utf8), to: path)
        let after = try FileManager.default.attributesOfItem(atPath: path)
        #expect((after[.ownerAccountID] as? Int == 4_242) == isRoot)
        #expect((after[.groupOwnerAccountID] as? Int == 4_243) == isRoot)
    }

    @Test func aLinkToNothingIsFollowedToWhereItPoints() throws {
        let folder = directory.appendingPathComponent("folder")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let first = directory.appendingPathComponent("first").path
        let second = folder.appendingPathComponent("second").path
        try FileManager.default.createSymbolicLink(atPath: first, withDestinationPath: "folder/second")
        try FileManager.default.createSymbolicLink(atPath: second, withDestinationPath: "../target")
        try AtomicFile.write(Array("new".utf8), to: first)
        #expect(try readFile(directory.appendingPathComponent("target").path) == Array("new".utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: first) == "folder/second")
        #expect(try Set(entries()) == ["first", "folder", "target"])
    }

    @Test func aCircleOfLinksIsAnError() throws {
        let path = directory.appendingPathComponent("circle").path
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "circle")
        #expect(throws: FileError(.create, path: path, code: 40)) { try AtomicFile.write([1], to: path) }
        #expect(try entries() == ["circle"])
    }

    @Test func standardStreamsHaveNames() {
        #expect(FileError(.write, path: "-", code: 28).description.hasPrefix("cannot write standard output: "))
        #expect(FileError(.create, path: "-", code: 9).description.hasPrefix("cannot create standard output: "))
        #expect(FileError(.read, path: "-", code: 5).description.hasPrefix("cannot read standard input: "))
    }

    @Test func readingStopsAtTheLimit() throws {
        #expect(throws: FileError(.open, path: "/nonexistent", code: 2)) { try readFile("/nonexistent") }
        #expect(throws: FileError(.read, path: "/dev/zero", code: 27)) { try readFile("/dev/zero", limit: 1 << 20) }
    }
}
