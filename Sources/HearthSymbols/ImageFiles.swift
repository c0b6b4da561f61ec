internal import HearthFiles
internal import HearthObjectFiles
internal import HearthProfile

/// Finds the files of an image on this machine.
struct ImageFiles {
    var debugFiles: DebugFiles
    var binaries: BinaryIndex

    /// An object file that is the image, or its separate debug file.
    struct Found {
        var file: MappedFile
        var path: String
        var headers: ELFFile
        var buildID: String

        var location: Location { Location(path: path, identity: file.identity, buildID: buildID) }

        var hasDebugInformation: Bool {
            headers.sections.contains { ($0.name == ".debug_info" || $0.name == ".zdebug_info") && $0.hasBytes }
        }
    }

    /// A file that was found, without a mapping of it.
    struct Location {
        var path: String
        var identity: MappedFile.Identity
        var buildID: String

        /// Nil when another file has taken the path, or none is there.
        func open() -> Found? {
            guard let found = ImageFiles.open(path), found.file.identity == identity else { return nil }
            return found
        }
    }

    /// The image itself: the file at its path if that is the build that ran, else one among the named files, else its
    /// separate debug file alone. Without a build-id in the profile, a named file goes before the one at the path.
    func open(_ image: Image) -> Result<Found, SymbolProblem.Failure> {
        if image.buildID.isEmpty {
            for path in binaries.paths(named: image.name) {
                if let found = Self.open(path) { return .success(found) }
            }
        }
        let atPath = Self.open(image.path)
        if let atPath, image.buildID.isEmpty || atPath.buildID == image.buildID { return .success(atPath) }
        if !image.buildID.isEmpty {
            // A file that has left its path while this process runs it. Only a build-id can tell that it is the same.
            for path in OwnMappings.paths(at: image.start) {
                if let found = Self.open(path), found.buildID == image.buildID { return .success(found) }
            }
            for path in binaries.paths(buildID: image.buildID) {
                // Debug files keep the headers of what they belong to: a file with code knows more names.
                if let found = Self.open(path), found.hasCode { return .success(found) }
            }
            if let found = debugFile(buildID: image.buildID) { return .success(found) }
        }
        return .failure(SymbolProblem.Failure(reason: atPath.map { .otherBuild(found: $0.buildID) } ?? .fileMissing))
    }

    /// The file with the debug information of an image: its own, else a separate one.
    func debugInformation(of found: Found) -> Found? {
        if found.hasDebugInformation { return found }
        if !found.buildID.isEmpty {
            for path in binaries.paths(buildID: found.buildID) {
                if let other = Self.open(path), other.hasDebugInformation { return other }
            }
        }
        return debugFile(of: found).flatMap { $0.hasDebugInformation ? $0 : nil }
    }

    /// The separate debug file of an image whose own file is there.
    func debugFile(of found: Found) -> Found? {
        if !found.buildID.isEmpty {
            for path in binaries.paths(buildID: found.buildID) where path != found.path {
                if let other = Self.open(path), !other.hasCode { return other }
            }
        }
        return debugFiles.find(of: found.file, path: found.path, headers: found.headers, buildID: found.buildID)
            .map { Found(file: $0.file, path: $0.path, headers: $0.headers, buildID: found.buildID) }
    }

    private func debugFile(buildID: String) -> Found? {
        let named = binaries.paths(buildID: buildID)
        let inFolders = debugFiles.paths(buildID: buildID)
        return (named + inFolders).lazy.compactMap(Self.open).first { $0.buildID == buildID }
    }

    private static func open(_ path: String) -> Found? {
        guard let file = MappedFile(path: path), let headers = file.withBytes({ try? ELFFile($0) }) else { return nil }
        return Found(
            file: file, path: path, headers: headers, buildID: file.withBytes { headers.buildID(in: $0) } ?? "")
    }
}

extension ImageFiles.Found {
    /// The Swift module in which a program begins; nil for a library, and where it cannot be told. O(symbols).
    var programModule: String? { file.withBytes { headers.programModule(in: $0) } }

    var hasSymbolTable: Bool { headers.section(named: ".symtab")?.hasBytes ?? false }

    var hasCode: Bool { headers.hasCode }
}

extension ELFFile {
    /// False for a separate debug file, whose code was left out.
    fileprivate var hasCode: Bool { sections.isEmpty || sections.contains { $0.isExecutable && $0.hasBytes } }

    /// What to add to the addresses of an image in a profile to get those of this file. Profiles of other tools know where a
    /// file was mapped, and not always that its code has other addresses than offsets. O(segments).
    func addressShift(of image: Image) -> UInt64 {
        guard hasCode, image.end > image.start, let address = codeAddress(ofFileOffset: image.fileOffset) else {
            return 0
        }
        return image.bias &- (image.start &- address)
    }
}

extension SymbolProblem {
    /// A reason before it is known how many frames it concerns.
    struct Failure: Error {
        var reason: Reason
    }
}
