internal import HearthFiles
internal import HearthObjectFiles

/// One symbol table of an image, with the names that were asked for.
///
/// The table and the names are kept; the file is mapped only while addresses are looked up. Not thread-safe.
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

    /// The module of the program, which names do without.
    let program: String
    private let origin: Origin
    private let kind: Kind
    private let table: SymbolTable
    private var names: [Int: SharedName] = [:]
    private var nameBytes = 0
    private var file: MappedFile?

    /// Nil when the file has no such table.
    ///
    /// - Parameter program: the program's module as far as it is known; a full table may know better.
    init?(_ file: MappedFile, path: String, headers: ELFFile, kind: Kind, program: String) {
        table = file.withBytes { kind.read(headers, $0) }
        self.program = (kind == .full ? file.withBytes { headers.programModule(in: $0) } : nil) ?? program
        self.kind = kind
        guard !table.isEmpty else { return nil }
        origin = .file(path: path, file.identity)
        self.file = file
    }

    init?(_ bytes: [UInt8], headers: ELFFile, kind: Kind) {
        table = kind.read(headers, unsafe bytes.span.bytes)
        program = ""
        self.kind = kind
        guard !table.isEmpty else { return nil }
        origin = .memory(bytes)
    }

    /// The function that contains a link-time address.
    func name(at address: UInt64) -> SharedName? {
        guard let index = table.index(at: address) else { return nil }
        if let known = names[index] { return known }
        let mangled = mangledName(table.symbols[index])
        guard !mangled.isEmpty else { return nil }
        var name = SymbolName(mangled: mangled, program: program)
        if kind == .linkageStubs { name.markAsLinkageStub() }
        let shared = SharedName(name)
        names[index] = shared
        nameBytes += name.mangled.utf8.count + name.full.utf8.count + name.short.utf8.count + 128
        return shared
    }

    /// Lets go of the file; it is mapped again when another name is asked for.
    func unmap() { file = nil }

    var memorySize: Int {
        var size = table.memorySize + nameBytes
        if case .memory(let bytes) = origin { size += bytes.count }
        return size
    }

    private func mangledName(_ symbol: SymbolTable.Symbol) -> String {
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
