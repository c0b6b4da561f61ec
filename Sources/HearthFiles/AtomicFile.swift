#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file that appears under its final name whole or not at all: bytes go to a neighbour with a temporary name, which
/// `commit` moves over the final one. Dropped without `commit`, nothing is left behind.
///
/// `-` is standard output; it and what is no regular file (a pipe, `/dev/null`) are written straight. A symbolic link is
/// followed, so that the file behind it is the one replaced. Not thread-safe.
public final class AtomicFile {
    /// As the caller named it, for messages.
    private let path: String
    private let finalPath: String
    /// Empty when the bytes go straight to where they belong.
    private let temporaryPath: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferSize = 1 << 18

    /// Opens the temporary neighbour of `path`, with permissions `mode` as the umask leaves them.
    public init(path: String, mode: UInt32 = 0o666) throws(FileError) {
        self.path = path
        finalPath = Self.resolvingLinks(path)
        if path == "-" {
            temporaryPath = ""
            descriptor = dup(STDOUT_FILENO)
        } else if Self.existsAndIsNoRegularFile(finalPath) {
            temporaryPath = ""
            descriptor = unsafe open(finalPath, O_WRONLY | O_CLOEXEC)
        } else {
            let unique = "\(getpid())-\(UInt32.random(in: 0 ... .max))"
            temporaryPath = "\(finalPath).\(unique).partial"
            descriptor = unsafe open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        }
        guard descriptor >= 0 else { throw FileError(.create, path: path, code: errno) }
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

    private static func resolvingLinks(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    private static func existsAndIsNoRegularFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    private static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.write(descriptor, bytes, count)
        #else
        unsafe Musl.write(descriptor, bytes, count)
        #endif
    }
}
