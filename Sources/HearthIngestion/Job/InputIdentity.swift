internal import HearthFiles

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Which input it is, by its size and its first 64 KiB: a copy is the same input, a longer or another file is not.
struct InputIdentity {
    /// Nil where the input cannot be read from the middle.
    let name: String?

    private static let prefix = 65_536

    /// - Throws: `FileError` where the input is missing, cannot be read, or is a directory.
    init(path: String) throws(FileError) {
        if path == "-" {
            name = nil
            return
        }
        // Asked before opening: a pipe opened and closed here would be gone for the reader after.
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError(.open, path: path, code: errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw FileError(.read, path: path, code: EISDIR) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            name = nil
            return
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.prefix)
        var filled = 0
        while filled < bytes.count {
            let (from, room) = (filled, bytes.count - filled)
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress.map { unsafe $0 + from }, room)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path: path, code: errno)
            }
            if count == 0 { break }
            filled += count
        }
        let hash = StableHash.content(bytes[..<filled], seed: 0)
        name = "\(status.st_size) \(String(hash.high, radix: 16)) \(String(hash.low, radix: 16))"
    }
}
