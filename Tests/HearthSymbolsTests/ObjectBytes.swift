import Foundation
import HearthObjectFiles

/// An object file read whole, and what the tests want of it.
struct ObjectBytes {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(contentsOf path: String) throws {
        bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func read<Result>(_ body: (RawSpan) throws -> Result) rethrows -> Result { try body(unsafe bytes.span.bytes) }

    func file() throws -> ELFFile { try read { try ELFFile($0) } }

    func unwindTable() throws -> UnwindTable {
        let file = try file()
        return read { UnwindTable(file, in: $0) }
    }
}
