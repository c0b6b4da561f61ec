#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file that appears under its final name whole or not at all: bytes go to a neighbour with a temporary name, which
/// `commit` moves over the final one. Dropped without `commit`, nothing is left behind.
///
/// `-` is standard output; it and what is no regular file (a pipe, `/dev/null`) are written straight. A symbolic link is
/// followed, so that the file behind it is the one replaced, or made. A file that is replaced hands on its permissions, and
/// its owner and group where the system allows it. Not thread-safe.
public final class AtomicFile {
    /// As the caller named it, for messages.
    private let path: String
    private let finalPath: String
    /// Empty when the bytes go straight to where they belong.
    private let temporaryPath: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferSize = 1 << 18

    /// Opens the temporary neighbour of `path`.
    ///
    /// - Parameter mode: permissions of a file that is new, as the umask leaves them.
    public init(path: String, mode: UInt32 = 0o666) throws(FileError) {
        self.path = path
        finalPath = path == "-" ? path : try Self.resolvingLinks(path)
        let old = path == "-" ? nil : Self.status(finalPath)
        if path == "-" {
            temporaryPath = ""
            descriptor = dup(STDOUT_FILENO)
        } else if let old, old.st_mode & S_IFMT != S_IFREG {
            temporaryPath = ""
            descriptor = unsafe open(finalPath, O_WRONLY | O_CLOEXEC)
        } else {
            let unique = "\(getpid())-\(UInt32.random(in: 0 ... .max))"
            temporaryPath = "\(finalPath).\(unique).partial"
            // Until it has the permissions of the old file, nobody else is to open the new one.
            let mode = old == nil ? mode_t(mode) : 0o600
            descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        }
        guard descriptor >= 0 else { throw FileError(.create, path: path, code: errno) }
        if let old, !temporaryPath.isEmpty { Self.handOn(old, to: descriptor) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !temporaryPath.isEmpty { unsafe unlink(temporaryPath) }
    }

    /// Appends bytes, through a buffer of 256 KiB.
    public func write(_ bytes: some Sequence<UInt8>) throws(FileError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    public func write(_ text: String) throws(FileError) { try write(text.utf8) }

    /// Writes what is buffered, waits until it is on disk, and gives the file its name.
    public func commit() throws(FileError) {
        try flush()
        guard temporaryPath.isEmpty || fsync(descriptor) == 0 else { throw FileError(.sync, path: path, code: errno) }
        // close can be the first to report a full disk, on network file systems.
        let closed = close(descriptor)
        var code = errno
        descriptor = -1
        if closed == 0 {
            if temporaryPath.isEmpty { return }
            if unsafe rename(temporaryPath, finalPath) == 0 { return }
            code = errno
        }
        if !temporaryPath.isEmpty { unsafe unlink(temporaryPath) }
        throw FileError(.replace, path: path, code: code)
    }

    /// Writes a whole file at once.
    public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(FileError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    private func flush() throws(FileError) {
        var start = 0
        while start < buffer.count {
            let offset = start
            let count = unsafe buffer.withUnsafeBytes {
                unsafe Self.writeSome(descriptor, $0.baseAddress! + offset, $0.count - offset)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.write, path: path, code: errno)
            }
            start += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// The path behind symbolic links, whether or not there is a file yet.
    private static func resolvingLinks(_ path: String) throws(FileError) -> String {
        var current = path
        // As many as the kernel follows.
        for _ in 0...40 {
            guard let target = linkTarget(current) else { return current }
            let folder = current.lastIndex(of: "/").map { current[...$0] } ?? ""
            current = target.hasPrefix("/") ? target : folder + target
        }
        throw FileError(.create, path: path, code: ELOOP)
    }

    /// What a symbolic link points to; nil for what is none.
    private static func linkTarget(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe buffer.withUnsafeMutableBytes { buffer in
            unsafe readlink(path, buffer.baseAddress!.assumingMemoryBound(to: CChar.self), buffer.count)
        }
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    /// Gives the new file the owner, group and permissions of the old one, as far as the system lets us: only root gives files
    /// away. A group that cannot be kept loses its rights to another one, which gets what everybody has.
    private static func handOn(_ old: stat, to descriptor: Int32) {
        var mode = old.st_mode & 0o777
        if fchown(descriptor, old.st_uid, old.st_gid) != 0, fchown(descriptor, uid_t.max, old.st_gid) != 0 {
            mode &= 0o707 | (mode & 0o007) << 3
        }
        _ = fchmod(descriptor, mode)
    }

    private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes, count)
        #else
        unsafe Musl.write(descriptor, bytes, count)
        #endif
    }
}
