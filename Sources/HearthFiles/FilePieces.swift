#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file, or standard input for `-`, read a piece at a time. One thread at a time.
public final class FilePieces {
    private let path: String
    private let descriptor: Int32
    private let limit: Int
    /// Bytes read so far.
    public private(set) var offset = 0

    /// - Parameter limit: bytes above which the file is refused with `EFBIG`.
    public init(_ path: String, limit: Int = .max) throws(FileError) {
        self.path = path
        self.limit = limit
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return }
        let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(.read, path: path, code: EISDIR) }
        if let size, size > limit {
            throw FileError(.read, path: path, code: EFBIG)
        }
    }

    deinit { if path != "-", descriptor >= 0 { close(descriptor) } }

    /// Fills places of `bytes`, as far as the file goes. O(places).
    ///
    /// - Returns: how many bytes were read: fewer than there are places at the end of the file only.
    public func read(into bytes: inout [UInt8], at places: Range<Int>) throws(FileError) -> Int {
        var filled = places.lowerBound
        while filled < places.upperBound {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Self.read(descriptor, buffer.baseAddress.map { unsafe $0 + filled }, places.upperBound - filled)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path: path, code: errno)
            }
            if count == 0 { break }
            filled += count
            offset += count
            guard offset <= limit else { throw FileError(.read, path: path, code: EFBIG) }
        }
        return filled - places.lowerBound
    }

    // Apart, since a method of this name hides it.
    private static func read(_ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
        unsafe Glibc.read(descriptor, start, count)
        #elseif canImport(Musl)
        unsafe Musl.read(descriptor, start, count)
        #endif
    }

    /// Everything that is left, behind what was read already.
    public func rest(after head: consuming [UInt8]) throws(FileError) -> [UInt8] {
        var result = head
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = try read(into: &piece, at: piece.indices)
            result.append(contentsOf: piece.prefix(count))
            if count < piece.count { return result }
        }
    }
}
