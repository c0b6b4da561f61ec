internal import HearthFiles
internal import HearthObjectFiles
internal import HearthProfile

/// The symbols of one image: those of its file or its separate debug file, those that it exports, and its stubs for calls
/// to other images, asked in this order. The later ones are read when the earlier do not know an address. Not thread-safe.
final class ImageSymbols {
    private var sources: [SymbolSource]
    private var unread: [SymbolSource.Kind]
    private let path: String
    private let headers: ELFFile
    /// What the file was that these came from; nil for an image in memory.
    private let identity: MappedFile.Identity?

    /// - Parameter debugFile: the separate debug file of an image without a symbol table.
    init(_ found: ImageFiles.Found, debugFile: ImageFiles.Found?) {
        path = found.path
        identity = found.file.identity
        headers = found.headers
        sources = []
        unread = [.dynamic, .linkageStubs]
        if let full = SymbolSource(found.file, path: path, headers: headers, kind: .full) {
            sources.append(full)
        } else if let debug = debugFile,
            let full = SymbolSource(debug.file, path: debug.path, headers: debug.headers, kind: .full)
        {
            sources.append(full)
        }
    }

    /// An image that is no file, as the vDSO.
    init?(_ image: Image, bytes: [UInt8]) {
        guard let headers = try? ELFFile(unsafe bytes.span.bytes) else { return nil }
        let buildID = headers.buildID(in: unsafe bytes.span.bytes) ?? ""
        guard image.buildID.isEmpty || image.buildID == buildID else { return nil }
        path = image.path
        identity = nil
        self.headers = headers
        unread = []
        sources = [SymbolSource.Kind.full, .dynamic].compactMap {
            SymbolSource(bytes, headers: headers, kind: $0)
        }
    }

    func linkageName(at address: UInt64) -> String? {
        for source in sources {
            if let name = source.linkageName(at: address) { return name }
        }
        while !unread.isEmpty {
            let kind = unread.removeFirst()
            guard let file = MappedFile(path: path), file.identity == identity,
                let source = SymbolSource(file, path: path, headers: headers, kind: kind)
            else { continue }
            sources.append(source)
            if let name = source.linkageName(at: address) { return name }
        }
        return nil
    }

    func unmap() {
        for source in sources { source.unmap() }
    }

    var memorySize: Int { sources.reduce(0) { $0 + $1.memorySize } }
}
