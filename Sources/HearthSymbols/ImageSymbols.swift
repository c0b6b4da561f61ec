internal import HearthFiles
internal import HearthObjectFiles
internal import HearthProfile

/// The symbols of one image: those of its file, of its separate debug file, and those that it exports, asked in this order.
final class ImageSymbols {
    private let sources: [SymbolSource]
    /// What the file was that these came from; nil for an image in memory.
    let identity: MappedFile.Identity?

    /// Nil when the image's file is not there or is not the one that ran: the build-id decides, if the profile has one.
    init?(_ image: Image, debugFiles: DebugFiles) {
        guard let file = MappedFile(path: image.path),
            let headers = file.withBytes({ try? ELFFile($0) })
        else { return nil }
        let buildID = file.withBytes { headers.buildID(in: $0) } ?? ""
        guard image.buildID.isEmpty || image.buildID == buildID else { return nil }
        identity = file.identity
        var sources: [SymbolSource] = []
        if let full = SymbolSource(file, path: image.path, headers: headers, source: .full) {
            sources.append(full)
        } else if let debug = debugFiles.find(of: file, path: image.path, headers: headers, buildID: buildID),
            let full = SymbolSource(debug.file, path: debug.path, headers: debug.headers, source: .full)
        {
            sources.append(full)
        }
        if let dynamic = SymbolSource(file, path: image.path, headers: headers, source: .dynamic) {
            sources.append(dynamic)
        }
        self.sources = sources
    }

    /// An image that is no file, as the vDSO.
    init?(_ image: Image, bytes: [UInt8]) {
        guard let headers = try? ELFFile(unsafe bytes.span.bytes) else { return nil }
        let buildID = headers.buildID(in: unsafe bytes.span.bytes) ?? ""
        guard image.buildID.isEmpty || image.buildID == buildID else { return nil }
        identity = nil
        sources = [SymbolTable.Source.full, .dynamic].compactMap {
            SymbolSource(bytes, headers: headers, source: $0)
        }
    }

    func name(at address: UInt64) -> SharedName? {
        for source in sources {
            if let name = source.name(at: address) { return name }
        }
        return nil
    }

    func unmap() {
        for source in sources { source.unmap() }
    }

    var memorySize: Int { sources.reduce(0) { $0 + $1.memorySize } }
}
