internal import HearthFiles
internal import HearthObjectFiles
internal import HearthProfile

/// The symbols of one image: those of its file or its separate debug file, those that it exports, and its stubs for calls
/// to other images, asked in this order. The later ones are read when the earlier do not know an address. Not thread-safe.
final class ImageSymbols {
    private var sources: [SymbolSource]
    private var unread: [SymbolSource.Kind]
    private let path: String
    /// The module of a program, which the names of its functions do without.
    private let program: String
    private let headers: ELFFile
    /// What the file was that these came from; nil for an image in memory.
    let identity: MappedFile.Identity?
    /// Nil when the image's file is not there or is not the one that ran: the build-id decides, if the profile has one. By
    /// the build-id a file is found that has left its path while this process runs it, and a debug file without its file.
    init?(_ image: Image, debugFiles: DebugFiles) {
        let named = SymbolName.module(ofProgram: image.name)
        guard let (file, path, headers) = Self.file(of: image) else {
            guard let debug = debugFiles.find(buildID: image.buildID),
                let full = SymbolSource(
                    debug.file, path: debug.path, headers: debug.headers, kind: .full, program: named)
            else { return nil }
            path = debug.path
            identity = debug.file.identity
            headers = debug.headers
            sources = [full]
            unread = []
            program = full.program
            return
        }
        let buildID = file.withBytes { headers.buildID(in: $0) } ?? ""
        self.path = path
        identity = file.identity
        self.headers = headers
        sources = []
        unread = [.dynamic, .linkageStubs]
        if let full = SymbolSource(file, path: path, headers: headers, kind: .full, program: named) {
            sources.append(full)
        } else if let debug = debugFiles.find(of: file, path: image.path, headers: headers, buildID: buildID),
            let full = SymbolSource(debug.file, path: debug.path, headers: debug.headers, kind: .full, program: named)
        {
            sources.append(full)
        }
        program = sources.first?.program ?? named
    }

    /// An image that is no file, as the vDSO.
    init?(_ image: Image, bytes: [UInt8]) {
        guard let headers = try? ELFFile(unsafe bytes.span.bytes) else { return nil }
        let buildID = headers.buildID(in: unsafe bytes.span.bytes) ?? ""
        guard image.buildID.isEmpty || image.buildID == buildID else { return nil }
        path = image.path
        identity = nil
        program = ""
        self.headers = headers
        unread = []
        sources = [SymbolSource.Kind.full, .dynamic].compactMap {
            SymbolSource(bytes, headers: headers, kind: $0)
        }
    }

    /// An address as the profile has it for this image, in the address space of the file. Profiles of other tools know where a
    /// file was mapped, but not always that its code has other addresses than offsets. O(segments).
    func fileAddress(_ address: UInt64, of image: Image) -> UInt64 {
        guard image.end > image.start, let start = headers.codeAddress(ofFileOffset: image.fileOffset) else {
            return address
        }
        return address &+ image.bias &- image.start &+ start
    }

    private static func file(of image: Image) -> (file: MappedFile, path: String, headers: ELFFile)? {
        // Only a build-id can tell that what another path leads to is the same file.
        let others = image.buildID.isEmpty ? [] : OwnMappings.paths(at: image.start)
        for path in [image.path] + others {
            guard let file = MappedFile(path: path), let headers = file.withBytes({ try? ELFFile($0) }) else {
                continue
            }
            if image.buildID.isEmpty || image.buildID == file.withBytes({ headers.buildID(in: $0) }) {
                return (file, path, headers)
            }
        }
        return nil
    }

    /// The function that contains an address of the file.
    func name(at address: UInt64) -> SharedName? {
        for source in sources {
            if let name = source.name(at: address) { return name }
        }
        while !unread.isEmpty {
            let kind = unread.removeFirst()
            guard let file = MappedFile(path: path), file.identity == identity,
                let source = SymbolSource(file, path: path, headers: headers, kind: kind, program: program)
            else { continue }
            sources.append(source)
            if let name = source.name(at: address) { return name }
        }
        return nil
    }

    func unmap() {
        for source in sources { source.unmap() }
    }

    var memorySize: Int { sources.reduce(0) { $0 + $1.memorySize } }
}
