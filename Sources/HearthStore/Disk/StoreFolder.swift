internal import HearthFiles

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The folder of a store: which segments it has, making it, removing from it.
struct StoreFolder {
    let path: String

    struct Entry {
        var name: SegmentName
        var status: SegmentFile.Status
    }

    func path(of name: SegmentName) -> String { "\(path)/\(name.file)" }

    /// The names of all segments, in the order in which they were made. O(files × log files).
    func segments() throws(FileError) -> [SegmentName] { try files().compactMap { SegmentName($0) }.sorted() }

    /// The same with size and time; what vanishes meanwhile is left out.
    func entries() throws(FileError) -> [Entry] {
        try segments().compactMap { name in status(of: path(of: name)).map { Entry(name: name, status: $0) } }
    }

    /// Names of segments that have no header: their writer is just making them, or died doing so.
    func partialFiles() throws(FileError) -> [String] {
        try files().filter {
            $0.hasSuffix(SegmentName.partialSuffix)
                && SegmentName(String($0.dropLast(SegmentName.partialSuffix.count))) != nil
        }
    }

    /// Nil where there is no regular file of this name.
    func status(of path: String) -> SegmentFile.Status? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return SegmentFile.Status(status)
    }

    /// Makes the folder, and those above it, for its owner only; one that is there stays as it is.
    func make() throws(FileError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            guard unsafe mkdir(part, 0o700) != 0, errno != EEXIST else { continue }
            let code = errno
            // A folder above that is there but may not be written to is no reason to stop.
            var status = stat()
            if unsafe stat(part, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
            throw FileError(.create, path: part, code: code)
        }
    }

    /// - Returns: false when somebody else had removed it.
    func remove(_ path: String) -> Bool { unsafe unlink(path) == 0 }

    func rename(_ old: String, to new: String) throws(FileError) {
        guard renameFile(old, new) else { throw FileError(.replace, path: new, code: errno) }
    }

    /// Waits until the names of new files are on the disk. Where the file system cannot, that is no loss of data.
    func synchronize() {
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func files() throws(FileError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw FileError(.open, path: path, code: errno) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else { break }
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    names.append(unsafe String(cString: name))
                }
            }
        }
        guard errno == 0 else { throw FileError(.read, path: path, code: errno) }
        return names
    }
}

// Outside of the type, whose own function has the system's name.
private func renameFile(_ old: String, _ new: String) -> Bool { unsafe rename(old, new) == 0 }
