internal import CSimdjson
public import HearthFiles
public import HearthRuntime

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// JSON Lines in batches: a document a line, with its line number and place. Blank lines are passed over. Input that is gzip is
/// unpacked on the way, and all places are those of what is in it.
///
/// Memory is bounded by the longest document and batch allowed, whatever the file. An interruption ends the reading also while
/// it waits for input. For one task at a time.
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
    private let limits: Limits
    private let source: InputBytes
    private var buffer: [UInt8]
    /// What of the buffer is filled and not yet taken.
    private var unread = 0..<0
    private var isAtEnd = false
    private let interruption: ReadInterruption
    /// Whether an interruption has ended the reading before the end of the input.
    private(set) var wasInterrupted = false
    /// Place in the input and number of the next line.
    private var position = 0
    private var line = 1

    /// Opens a file, or standard input for `-`.
    public convenience init(path: String, limits: Limits = Limits()) throws(FileError) {
        try self.init(path: path, limits: limits, interruption: ReadInterruption())
    }

    init(path: String, limits: Limits, interruption: ReadInterruption) throws(FileError) {
        self.path = path
        self.limits = limits
        self.interruption = interruption
        buffer = Array(repeating: 0, count: 1 << 20)
        source = try InputBytes(path: path, interruption: interruption)
    }

    /// Of the input in bytes, packed if it is; nil where that is not known, as for a pipe.
    public var size: Int? { source.size }

    /// Bytes of the input that have been taken, from its start.
    public var offset: Int { position }

    /// Goes on at another place.
    ///
    /// - Parameters:
    ///   - offset: where to go on, which must be the start of a line; only in a regular file.
    ///   - line: the number of that line.
    func seek(to offset: Int, line: Int) throws {
        guard try source.seek(to: offset) else {
            wasInterrupted = true
            return
        }
        unread = 0..<0
        isAtEnd = false
        position = offset
        self.line = line
    }

    /// Says what the input is where it is no JSON Lines at all. To be called before the first ``next()``, which loses
    /// nothing by it.
    func unsuitability() throws -> InputError? {
        while unread.count < InputError.startLength, !isAtEnd {
            guard try fill() else { return nil }
        }
        return InputError(path: path, start: buffer[unread])
    }

    /// The next documents; nil at the end of the input and when interrupted. What was read whole before an interruption
    /// still comes.
    ///
    /// - Throws: `FileError`, and ``InputError`` where what is packed is damaged.
    public func next() throws -> Batch? {
        if interruption.isInterrupted {
            wasInterrupted = !(isAtEnd && unread.isEmpty)
            return nil
        }
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
        // Asked before opening: a pipe opened and closed here would be gone for the reader after.
        var status = stat()
        guard path != "-", unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let reader = try? DocumentReader(path: path)
        else { return nil }
        var count = 0
        do {
            while true {
                while let end = reader.newline(from: reader.unread.lowerBound) {
                    count += 1
                    reader.take(end + 1 - reader.unread.lowerBound)
                }
                reader.take(reader.unread.count)
                if reader.isAtEnd { return count }
                guard try reader.fill() else { return nil }
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

    /// The next line without its end; `position` is after it then. Nil at the end, or when interrupted within it.
    private func nextLine() throws -> Line? {
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
            guard try fill() else { return nil }
        }
    }

    /// The start of a line that is too long; the rest of it is skipped.
    private func cutLine(_ start: Int) throws -> Line? {
        let head = Array(buffer[unread].prefix(RejectedDocument.maximumText))
        while true {
            if let end = newline(from: unread.lowerBound) {
                take(end + 1 - unread.lowerBound)
                break
            }
            take(unread.count)
            if isAtEnd { break }
            guard try fill() else { return nil }
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

    /// Reads more behind what is unread, which goes to the front of the buffer first. False when interrupted.
    private func fill() throws -> Bool {
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
        let from = unread.upperBound
        guard let count = try source.read(into: &buffer, at: from) else {
            wasInterrupted = true
            return false
        }
        if count == 0 { isAtEnd = true }
        unread = unread.lowerBound..<from + count
        return true
    }

    /// Without the white space of JSON around it, and without a byte order mark.
    static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = line
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        while let last = text.last, last == 0x20 || last == 0x09 || last == 0x0D { text.removeLast() }
        while let first = text.first, first == 0x20 || first == 0x09 || first == 0x0D { text.removeFirst() }
        return text
    }
}
