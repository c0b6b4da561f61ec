import Foundation
import HearthObjectFiles

/// An object file read whole, or as the loader would map it, and what the tests want of it.
struct ObjectBytes {
    var bytes: [UInt8]
    var layout = ELFFile.Layout.file

    init(_ bytes: [UInt8], layout: ELFFile.Layout = .file) {
        self.bytes = bytes
        self.layout = layout
    }

    init(contentsOf path: String) throws {
        bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func read<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result { try body(unsafe bytes.span.bytes) }

    func file() throws -> ELFFile { try read { try ELFFile($0, layout: layout) } }

    func unwindTable() throws -> UnwindTable {
        let file = try file()
        return read { UnwindTable(file, in: $0) }
    }

    func symbols(_ source: SymbolTable.Source) throws -> SymbolTable {
        let file = try file()
        return read { SymbolTable(file, in: $0, source: source) }
    }

    func buildID() throws -> String? {
        let file = try file()
        return read { file.buildID(in: $0) }
    }

    /// The image in memory: its segments at their addresses, from 0 on.
    func mapped() throws -> ObjectBytes {
        let file = try file()
        let segments = file.loadSegments
        let base = file.lowestAddress
        var image = [UInt8](
            repeating: 0, count: Int((segments.map { $0.address + $0.memorySize }.max() ?? base) - base))
        for segment in segments {
            let source = Int(segment.offset)..<Int(segment.offset + segment.fileSize)
            let target = Int(segment.address - base)
            image.replaceSubrange(target..<target + source.count, with: bytes[source])
        }
        return ObjectBytes(image, layout: .memory)
    }
}
