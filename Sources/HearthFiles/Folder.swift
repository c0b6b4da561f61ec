#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What stands at a path.
public struct PathStatus: Sendable {
    public enum Kind: Sendable {
        case file, folder, link, other
    }

    public var kind: Kind
    /// Bytes.
    public var size: Int
    /// Seconds since 1970.
    public var modified: Int

    /// - Parameter followsLinks: whether a symbolic link stands for what it points to.
    public init(_ path: String, followsLinks: Bool = true) throws(FileError) {
        var status = stat()
        guard unsafe (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
            throw FileError(.open, path: path, code: errno)
        }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        size = Int(status.st_size)
        modified = status.st_mtim.tv_sec
    }
}

/// The names of what is in a folder, in no order.
public func namesInFolder(_ path: String) throws(FileError) -> [String] {
    guard let entries = unsafe opendir(path) else { throw FileError(.open, path: path, code: errno) }
    defer { unsafe closedir(entries) }
    var names: [String] = []
    while let entry = unsafe readdir(entries) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}

/// Makes a folder and those above it where they are not there; whether it worked shows when it is used.
///
/// - Parameter mode: permissions of the folders that are made.
public func makeFolder(_ path: String, mode: UInt32) {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
        folder += "/\(part)"
        unsafe mkdir(folder, mode_t(mode))
    }
}

/// Sets the time of change to now, where that is allowed.
public func touchFile(_ path: String) { unsafe utimensat(AT_FDCWD, path, nil, 0) }

/// Removes a file, where that is allowed.
public func removeFile(_ path: String) { unsafe unlink(path) }
