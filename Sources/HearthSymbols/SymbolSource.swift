internal import HearthFiles
internal import HearthObjectFiles

/// One symbol table of an image.
///
/// The table is kept; the file, with the names, is mapped only while addresses are looked up. Not thread-safe.
final class SymbolSource {
    private enum Origin {
        case file(path: String, MappedFile.Identity)
        case memory([UInt8])
    }

    /// Which functions of an image a source names.
    enum Kind {
        case full, dynamic, linkageStubs

        func read(_ headers: ELFFile, _ bytes: RawSpan) -> SymbolTable {
            switch self {
            case .full: SymbolTable(headers, in: bytes, source: .full)
            case .dynamic: SymbolTable(headers, in: bytes, source: .dynamic)
            case .linkageStubs: SymbolTable(linkageStubsOf: headers, in: bytes)
            }
        }
    }

    private let origin: Origin
    private let kind: Kind
    private let table: SymbolTable
    private var file: MappedFile?

    /// Nil when the file has no such table.
    init?(_ file: MappedFile, path: String, headers: ELFFile, kind: Kind) {
        table = file.withBytes { kind.read(headers, $0) }
        self.kind = kind
        guard !table.isEmpty else { return nil }
        origin = .file(path: path, file.identity)
        self.file = file
    }

    init?(_ bytes: [UInt8], headers: ELFFile, kind: Kind) {
        table = kind.read(headers, unsafe bytes.span.bytes)
        self.kind = kind
        guard !table.isEmpty else { return nil }
        origin = .memory(bytes)
    }

    /// The linkage name of the function that contains a link-time address.
    func linkageName(at address: UInt64) -> String? {
        guard let index = table.index(at: address) else { return nil }
        let name = linkageName(table.symbols[index])
        if name.isEmpty { return nil }
        return kind == .linkageStubs ? SymbolName.ofStub(calling: name) : name
    }

    /// Lets go of the file; it is mapped again when another name is asked for.
    func unmap() { file = nil }

    var memorySize: Int {
        var size = table.memorySize
        if case .memory(let bytes) = origin { size += bytes.count }
        return size
    }

    private func linkageName(_ symbol: SymbolTable.Symbol) -> String {
        switch origin {
        case .memory(let bytes): return table.name(of: symbol, in: unsafe bytes.span.bytes)
        case .file(let path, let identity):
            if file == nil { file = MappedFile(path: path) }
            // Another file may have taken the path, with other names at these offsets.
            guard let file, file.identity == identity else { return "" }
            return file.withBytes { table.name(of: symbol, in: $0) }
        }
    }
}
