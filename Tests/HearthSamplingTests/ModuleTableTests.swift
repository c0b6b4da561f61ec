import Foundation
import HearthProfile
import Testing

@testable import HearthSampling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// In a process of its own: what handlers read is replaced.
@Suite struct ModuleTableTests {
    @Test func rowsAreTheSameFromTheFileAndFromMemory() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            var modules = ModuleTable()
            modules.refresh()
            let ours = address(of: "crc32", in: nil)
            let library = try #require(modules.image(at: ours)?.path)
            let kept = try load(folder.appendingPathComponent("kept.so"), of: library)
            let gone = try load(folder.appendingPathComponent("gone.so"), of: library)
            try FileManager.default.removeItem(at: folder.appendingPathComponent("gone.so"))
            modules.refresh()
            let images = (modules.image(at: kept), modules.image(at: gone))
            #expect(images.0?.path.hasSuffix("kept.so") == true && images.1?.path.contains("gone.so") == true)
            let rows = (modules.rowCount(at: kept), modules.rowCount(at: gone))
            #expect(try #require(rows.0) > 100)
            #expect(rows.0 == rows.1)
            // What is loaded keeps its rows when another comes.
            _ = try load(folder.appendingPathComponent("later.so"), of: library)
            modules.refresh()
            #expect(modules.rowCount(at: gone) == rows.1)
        }
    }
}

/// Loads a copy of a library a second time: the address of one of its functions.
private func load(_ copy: URL, of library: String) throws -> UInt64 {
    try FileManager.default.copyItem(at: URL(fileURLWithPath: library).resolvingSymlinksInPath(), to: copy)
    return unsafe address(of: "crc32", in: unsafe dlopen(copy.path, RTLD_NOW | RTLD_LOCAL))
}

private func address(of function: String, in library: UnsafeMutableRawPointer?) -> UInt64 {
    UInt64(UInt(bitPattern: unsafe dlsym(library, function)))
}
