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

    private let origin: Origin
    private let table: SymbolTable
    private var names: [Int: SharedName] = [:]
    private var nameBytes = 0
    private var file: MappedFile?

    /// Nil when the file has no such table.
    init?(_ file: MappedFile, path: String, headers: ELFFile, source: SymbolTable.Source) {
        table = file.withBytes { SymbolTable(headers, in: $0, source: source) }
        guard !table.isEmpty else { return nil }
        origin = .file(path: path, file.identity)
        self.file = file
    }

    init?(_ bytes: [UInt8], headers: ELFFile, source: SymbolTable.Source) {
        table = SymbolTable(headers, in: unsafe bytes.span.bytes, source: source)
        guard !table.isEmpty else { return nil }
        origin = .memory(bytes)
    }

    /// The function that contains a link-time address.
    func name(at address: UInt64) -> SharedName? {
        guard let index = table.index(at: address) else { return nil }
        if let known = names[index] { return known }
        let mangled = mangledName(table.symbols[index])
        guard !mangled.isEmpty else { return nil }
        let name = SymbolName(mangled: mangled)
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
