import Foundation
import HearthFiles
import Testing

@Suite struct OwnMappingsTests {
    /// A file of a name with spaces and the kernel's own mark, mapped and then deleted.
    @Test func theFileOfAnAddressIsKnownAfterItIsGone() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth map \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.resolvingSymlinksInPath().appendingPathComponent("a file").path
        try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: path))
        let file = try #require(MappedFile(path: path))
        let address = file.withBytes { bytes in
            unsafe bytes.withUnsafeBytes { UInt64(UInt(bitPattern: $0.baseAddress)) }
        }
        #expect(OwnMappings.path(at: address) == path)
        #expect(OwnMappings.path(at: address + 4999) == path)
        try FileManager.default.removeItem(atPath: path)
        #expect(OwnMappings.path(at: address) == path)
        let ways = OwnMappings.paths(at: address)
        #expect(ways.first == "/proc/self/exe")
        #expect(ways.last?.hasPrefix("/proc/self/map_files/") == true)
        // Where privileges allow it, it is the same file.
        if let again = ways.last.flatMap({ MappedFile(path: $0) }) { #expect(again.identity == file.identity) }
    }

    @Test func whereNothingIsMappedNothingIsKnown() {
        #expect(OwnMappings.path(at: 0) == nil)
        #expect(OwnMappings.path(at: .max) == nil)
        #expect(OwnMappings.paths(at: 0) == [OwnMappings.program])
        #expect(OwnMappings.withoutDeletionMark("/a b (deleted)") == "/a b")
        #expect(OwnMappings.withoutDeletionMark("/a (deleted) b") == "/a (deleted) b")
    }
}
