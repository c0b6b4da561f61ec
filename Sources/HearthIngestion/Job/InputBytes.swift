internal import HearthFiles

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The bytes of an input, a file or standard input; what is gzip is unpacked as it is read, one member after the other. For one
/// task at a time.
final class InputBytes {
    private let path: String
    /// Of the input itself; nil where that is not known, as for a pipe.
    let size: Int?
    private let descriptor: Int32
    private let interruption: ReadInterruption
    /// Nil as long as nothing has been read.
    private var form: Form?
    /// What has been read to see which form it is, as far as nobody has it yet; only where it is plain.
    private var head: ArraySlice<UInt8> = []

    private enum Form {
        case plain
        case gzip(GzipStream)
    }

    /// Opens a file, or standard input for `-`.
    init(path: String, interruption: ReadInterruption) throws(FileError) {
        self.path = path
        self.interruption = interruption
        // A named pipe that nobody writes to yet would wait in `open`, where no interruption reaches it.
        descriptor = path == "-" ? dup(STDIN_FILENO) : unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
            size = nil
            throw FileError(.open, path: path, code: errno)
        }
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int(status.st_size) : nil
        if status.st_mode & S_IFMT == S_IFDIR { throw FileError(.read, path: path, code: EISDIR) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Reads what there is, waiting for it where there is nothing yet; nil when interrupted, 0 at the end.
    func read(into buffer: inout [UInt8], at place: Int) throws -> Int? {
        if form == nil, !(try begin()) { return nil }
        guard case .gzip(let stream)? = form else {
            if head.isEmpty { return try more(into: &buffer, at: place) }
            let part = head.prefix(buffer.count - place)
            buffer.replaceSubrange(place..<place + part.count, with: part)
            head = head.dropFirst(part.count)
            return part.count
        }
        while true {
            if stream.needsInput {
                guard let isMore = try stream.refill({ try more(into: &$0, at: 0) }) else { return nil }
                if !isMore {
                    try stream.finish()
                    return 0
                }
            }
            let count = try stream.unpack(into: &buffer, at: place)
            if count > 0 { return count }
        }
    }

    private func more(into buffer: inout [UInt8], at place: Int) throws(FileError) -> Int? {
        try interruption.read(descriptor, path: path, into: &buffer, at: place)
    }

    /// Sees which form it is. False when interrupted.
    private func begin() throws -> Bool {
        var start = [UInt8](repeating: 0, count: 1 << 16)
        var filled = 0
        while filled < GzipStream.magic.count {
            guard let count = try more(into: &start, at: filled) else { return false }
            if count == 0 { break }
            filled += count
        }
        if start[..<filled].starts(with: GzipStream.magic) {
            form = .gzip(try GzipStream(path: path, start: start, filled: filled))
        } else {
            form = .plain
            head = start[..<filled]
        }
        return true
    }

    /// Goes on at another place of what is in the input; what is packed is unpacked again up to there. Only in a regular file. False
    /// when interrupted.
    func seek(to offset: Int) throws -> Bool {
        form = nil
        head = []
        try move(to: 0)
        guard try begin() else { return false }
        guard case .gzip? = form else {
            head = []
            try move(to: offset)
            return true
        }
        var scratch = [UInt8](repeating: 0, count: 1 << 16)
        var rest = offset
        while rest > 0 {
            if scratch.count > rest { scratch.removeLast(scratch.count - rest) }
            guard let count = try read(into: &scratch, at: 0) else { return false }
            if count == 0 { break }
            rest -= count
        }
        return true
    }

    private func move(to offset: Int) throws(FileError) {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw FileError(.read, path: path, code: errno) }
    }
}
