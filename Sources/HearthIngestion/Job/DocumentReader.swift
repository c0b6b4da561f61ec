internal import CSimdjson
public import HearthFiles
public import HearthRuntime

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// JSON Lines in batches: a document a line, with its line number and place. Blank lines are passed over.
///
/// Memory is bounded by the longest document and batch allowed, whatever the file. For one task at a time.
public final class DocumentReader {
    /// The columns of a batch.
    static let documents = "documents"
    static let lines = "line"
    static let starts = "first-byte"
    static let ends = "end-byte"

    public struct Limits: Hashable, Sendable {
        /// Documents in a batch.
        public var batch = 512
        /// Bytes after which a batch is closed, however few documents it has.
        public var batchBytes = 8 << 20
        /// Longer documents are set aside.
        public var document = 16 << 20

        public init() {}
    }

    public let path: String
    /// Of the input in bytes; nil where that is not known, as for a pipe.
    public let size: Int?
    private let limits: Limits
    private let descriptor: Int32
    private var buffer: [UInt8]
    /// What of the buffer is filled and not yet taken.
    private var unread = 0..<0
    private var isAtEnd = false
    /// Place in the input and number of the next line.
    private var position: Int
    private var line: Int

    /// Opens a file, or standard input for `-`.
    ///
    /// - Parameters:
    ///   - offset: where to start, which must be the start of a line; only in a regular file.
    ///   - line: the number of that line.
    public init(path: String, limits: Limits = Limits(), offset: Int = 0, line: Int = 1) throws(FileError) {
        self.path = path
        self.limits = limits
        self.line = line
        position = offset
        buffer = Array(repeating: 0, count: 1 << 20)
        descriptor = path == "-" ? dup(STDIN_FILENO) : unsafe open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
            size = nil
            throw FileError(.open, path: path, code: errno)
        }
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int(status.st_size) : nil
        if status.st_mode & S_IFMT == S_IFDIR { throw FileError(.read, path: path, code: EISDIR) }
        if offset > 0, lseek(descriptor, off_t(offset), SEEK_SET) < 0 {
            throw FileError(.read, path: path, code: errno)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Bytes of the input that have been taken, from its start.
    public var offset: Int { position }

    /// The next documents; nil at the end of the input.
    public func next() throws(FileError) -> Batch? {
        var documents = BytesColumn()
        var lines = NumberColumn()
        var starts = NumberColumn()
        var ends = NumberColumn()
        var tooLong: [ItemError] = []
        while documents.count < limits.batch, documents.bytes.count < limits.batchBytes {
            guard let found = try nextLine() else { break }
            defer { line += 1 }
            let text = found.isCut ? found.text : Self.trimmed(found.text)
            if text.isEmpty { continue }
            if found.isCut {
                tooLong.append(
                    ItemError(item: documents.count, reason: "longer than \(limits.document) bytes", byte: 0))
            }
            documents.append(text)
            lines.append(Double(line))
            starts.append(Double(found.start + text.startIndex - found.text.startIndex))
            ends.append(Double(position))
        }
        guard documents.count > 0 else { return nil }
        documents.pad(to: hearth_json_padding())
        return Batch(
            columns: [
                Self.documents: .bytes(documents), Self.lines: .number(lines), Self.starts: .number(starts),
                Self.ends: .number(ends),
            ], count: documents.count, rejections: tooLong)
    }

    /// The lines of a regular file, for a progress bar; nil where the input cannot be read twice. Reads it all, at the speed
    /// of the disk.
    public static func lineCount(path: String) -> Int? {
        guard path != "-", let reader = try? DocumentReader(path: path), reader.size != nil else { return nil }
        var count = 0
        do throws(FileError) {
            while true {
                while let end = reader.newline(from: reader.unread.lowerBound) {
                    count += 1
                    reader.take(end + 1 - reader.unread.lowerBound)
                }
                reader.take(reader.unread.count)
                if reader.isAtEnd { return count }
                try reader.fill()
            }
        } catch {
            return nil
        }
    }

    // MARK: Lines

    private struct Line {
        var start: Int
        var text: ArraySlice<UInt8>
        /// Longer than a document may be; only its start is in `text`.
        var isCut: Bool
    }

    /// The next line without its end; `position` is after it then.
    private func nextLine() throws(FileError) -> Line? {
        let start = position
        var searched = 0
        while true {
            if let end = newline(from: unread.lowerBound + searched) {
                let text = buffer[unread.lowerBound..<end]
                guard text.count <= limits.document else { return try cutLine(start) }
                take(text.count + 1)
                return Line(start: start, text: text, isCut: false)
            }
            searched = unread.count
            if searched > limits.document { return try cutLine(start) }
            if isAtEnd {
                guard searched > 0 else { return nil }
                let text = buffer[unread]
                take(text.count)
                return Line(start: start, text: text, isCut: false)
            }
            try fill()
        }
    }

    /// The start of a line that is too long; the rest of it is skipped.
    private func cutLine(_ start: Int) throws(FileError) -> Line {
        let head = Array(buffer[unread].prefix(RejectedDocument.maximumText))
        while true {
            if let end = newline(from: unread.lowerBound) {
                take(end + 1 - unread.lowerBound)
                break
            }
            take(unread.count)
            if isAtEnd { break }
            try fill()
        }
        return Line(start: start, text: head[...], isCut: true)
    }

    private func take(_ count: Int) {
        unread = unread.lowerBound + count..<unread.upperBound
        position += count
    }

    private func newline(from place: Int) -> Int? {
        guard place < unread.upperBound else { return nil }
        let (end, count) = (unread.upperBound, unread.upperBound - place)
        return unsafe buffer.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress, end <= bytes.count,
                let found = unsafe memchr(base + place, 0x0A, count)
            else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }

    /// Reads more behind what is unread, which goes to the front of the buffer first.
    private func fill() throws(FileError) {
        if unread.lowerBound > 0 {
            let rest = unread.count
            let (from, length) = (unread.lowerBound, rest)
            unsafe buffer.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress { unsafe memmove(base, base + from, length) }
            }
            unread = 0..<rest
        }
        if unread.upperBound == buffer.count {
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        while true {
            let (from, room) = (unread.upperBound, buffer.count - unread.upperBound)
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe read(descriptor, bytes.baseAddress.map { unsafe $0 + from }, room)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path: path, code: errno)
            }
            if count == 0 { isAtEnd = true }
            unread = unread.lowerBound..<from + count
            return
        }
    }

    /// Without the white space of JSON around it, and without a byte order mark.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = line
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        while let last = text.last, last == 0x20 || last == 0x09 || last == 0x0D { text.removeLast() }
        while let first = text.first, first == 0x20 || first == 0x09 || first == 0x0D { text.removeFirst() }
        return text
    }
}
