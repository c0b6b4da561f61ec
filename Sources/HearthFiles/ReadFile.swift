#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The whole file, or standard input for `-`. O(size) memory.
///
/// - Parameter limit: bytes above which the file is refused with `EFBIG`.
public func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var status = stat()
    if unsafe fstat(descriptor, &status) == 0 {
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.read, path: path, code: EISDIR) }
        if status.st_mode & S_IFMT == S_IFREG {
            guard Int(status.st_size) <= limit else { throw FileError(.read, path: path, code: EFBIG) }
            bytes.reserveCapacity(Int(status.st_size) + 1)
        }
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let size = chunk.count
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, size) }
        if count < 0 {
            if errno == EINTR { continue }
            throw FileError(.read, path: path, code: errno)
        }
        if count == 0 { return bytes }
        guard bytes.count + count <= limit else { throw FileError(.read, path: path, code: EFBIG) }
        bytes.append(contentsOf: chunk.prefix(count))
    }
}
