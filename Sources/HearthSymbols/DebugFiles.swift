internal import HearthFiles
internal import HearthObjectFiles

/// Finds the separate debug file of a stripped one, where debuggers look for it.
struct DebugFiles {
    /// Folders such as `/usr/lib/debug`.
    var roots: [String]

    struct Found {
        var file: MappedFile
        var path: String
        var headers: ELFFile
    }

    /// By build-id alone.
    func find(buildID: String) -> Found? {
        for candidate in paths(buildID: buildID) {
            if let found = open(candidate, buildID: buildID) { return found }
        }
        return nil
    }

    /// By build-id, then by debug link beside the file, in its `.debug`, and in the same place under a root.
    func find(of file: MappedFile, path: String, headers: ELFFile, buildID: String) -> Found? {
        if let found = find(buildID: buildID) { return found }
        guard let link = file.withBytes({ headers.debugLink(in: $0) }), let slash = path.lastIndex(of: "/") else {
            return nil
        }
        let folder = path[..<slash]
        let candidates =
            ["\(folder)/\(link.fileName)", "\(folder)/.debug/\(link.fileName)"]
            + roots.map { "\($0)\(folder)/\(link.fileName)" }
        for candidate in candidates where candidate != path {
            if let found = open(candidate, buildID: buildID, checksum: link.checksum) { return found }
        }
        return nil
    }

    /// Where the debug file with this build-id would be.
    func paths(buildID: String) -> [String] {
        guard buildID.utf8.count > 2 else { return [] }
        return roots.map { "\($0)/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug" }
    }

    /// The file if it belongs to this build-id; one without build-id is believed by its checksum.
    private func open(_ path: String, buildID: String, checksum: UInt32? = nil) -> Found? {
        guard let file = MappedFile(path: path), let headers = file.withBytes({ try? ELFFile($0) }) else { return nil }
        let found = file.withBytes { headers.buildID(in: $0) } ?? ""
        if !buildID.isEmpty, !found.isEmpty {
            guard buildID == found else { return nil }
        } else {
            guard let checksum, file.withBytes({ Checksum.crc32($0) }) == checksum else { return nil }
        }
        return Found(file: file, path: path, headers: headers)
    }
}
