import Foundation
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
            let kept = try load(folder.appendingPathComponent("kept.so"))
            let gone = try load(folder.appendingPathComponent("gone.so"))
            try FileManager.default.removeItem(at: folder.appendingPathComponent("gone.so"))
            var modules = ModuleTable()
            modules.refresh()
            let images = (modules.image(at: kept), modules.image(at: gone))
            #expect(images.0?.path.hasSuffix("kept.so") == true && images.1?.path.contains("gone.so") == true)
            let rows = (modules.rowCount(at: kept), modules.rowCount(at: gone))
            #expect(try #require(rows.0) > 100)
            #expect(rows.0 == rows.1)
            // What is loaded keeps its rows when another comes.
            _ = try load(folder.appendingPathComponent("later.so"))
            modules.refresh()
            #expect(modules.rowCount(at: gone) == rows.1)
        }
    }
}

/// A copy of a library of this process, which is loaded a second time: the address of one of its functions.
private func load(_ copy: URL) throws -> UInt64 {
    let paths = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n")
        .compactMap { $0.split(separator: " ").last }
    let source = try #require(paths.first { $0.contains("/libz.so") })
    try FileManager.default.copyItem(at: URL(fileURLWithPath: String(source)).resolvingSymlinksInPath(), to: copy)
    let handle = try #require(unsafe dlopen(copy.path, RTLD_NOW | RTLD_LOCAL))
    return UInt64(UInt(bitPattern: try #require(unsafe dlsym(handle, "crc32"))))
}
