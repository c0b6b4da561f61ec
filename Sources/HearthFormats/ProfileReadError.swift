public import HearthFiles

/// Why a profile could not be read: which file, what, and where in it.
public struct ProfileReadError: Error, Hashable, CustomStringConvertible, Sendable {
    public enum Reason: Error, Hashable, Sendable {
        case file(FileError)
        case isEmpty
        case unknownFormat
        /// The file ends inside a gzip stream of this many bytes.
        case gzipEndsEarly(byte: Int)
        case gzipIsCorrupt(byte: Int)
        /// More than this many bytes after decompression, known at this byte of the compressed file.
        case tooLarge(limit: Int, byte: Int)
        /// Decompresses to more than this many times its size, known at this byte of the compressed file.
        case gzipBomb(ratio: Int, byte: Int)
        /// Would take more than this many bytes of memory.
        case tooMuchMemory(limit: Int)
        /// Not a protocol-buffer message, from this byte (after decompression) on.
        case badMessage(String, byte: Int)
        case noSampleTypes
        /// A part such as `function 7` that begins at this byte (after decompression) refers to no string.
        case stringIndexOutOfRange(Int64, count: Int, of: String, byte: Int)
        /// An id that no location, function or mapping has, and where it is referred to.
        case unknownID(UInt64, kind: String, of: String, byte: Int)
        case wrongValueCount(Int, expected: Int, of: String, byte: Int)
        case stackTooDeep(limit: Int, place: Place)
        case tooManyStacks(limit: Int)
        /// No JSON from this byte (after decompression) on.
        case badJSON(String, byte: Int)
        /// JSON that is not speedscope's; `place` is a path such as `profiles[0].samples[3]`, which begins at this byte (after
        /// decompression).
        case badSpeedscope(String, place: String, byte: Int)
        /// A collapsed file with two columns of counts, as `hearth diff` writes them.
        case isDifference
        /// Not one line of the file is of the format.
        case noUsableLine(format: ProfileFormat, first: ReadNotes.Line)
    }

    /// Where in a file, after decompression.
    public enum Place: Hashable, CustomStringConvertible, Sendable {
        case byte(Int)
        /// Counted from 1.
        case line(Int)

        public var description: String {
            switch self {
            case .byte(let byte): "byte \(byte)"
            case .line(let line): "line \(line)"
            }
        }
    }

    /// As the caller named it; `-` is standard input.
    public var path: String
    public var reason: Reason

    public init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// One line without a final stop, such as `cannot read x.pb.gz: gzip stream ends early at byte 4096`.
    public var description: String {
        "cannot read \(path == "-" ? "standard input" : path): \(reason.description)"
    }
}

extension ProfileReadError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): error.reason
        case .isEmpty: "it is empty"
        case .unknownFormat: "no known profile format; it should be \(ProfileFormat.readable)"
        case .gzipEndsEarly(let byte): "gzip stream ends early at byte \(byte)"
        case .gzipIsCorrupt(let byte): "gzip stream is corrupt at byte \(byte)"
        case .tooLarge(let limit, let byte):
            "holds more than \(limit) bytes after decompression, reached at byte \(byte)"
        case .gzipBomb(let ratio, let byte):
            "decompresses to more than \(ratio) times its size at byte \(byte), as no profile does"
        case .tooMuchMemory(let limit): "would take more than \(limit) bytes of memory"
        case .badMessage(let name, let byte): "not a pprof profile: \(name) is malformed at byte \(byte)"
        case .noSampleTypes: "not a pprof profile: it has no sample types"
        case .stringIndexOutOfRange(let index, let count, let owner, let byte):
            "string index \(index) of \(owner) at byte \(byte) is out of range, the table has \(count)"
        case .unknownID(let id, let kind, let owner, let byte):
            "\(owner) at byte \(byte) refers to \(kind) \(id), which does not exist"
        case .wrongValueCount(let count, let expected, let owner, let byte):
            "\(owner) at byte \(byte) has \(count) values for \(expected) sample types"
        case .stackTooDeep(let limit, let place): "the stack at \(place) has more than \(limit) frames"
        case .tooManyStacks(let limit): "more than \(limit) distinct stacks"
        case .badJSON(let what, let byte): "taken for speedscope JSON, but \(what) at byte \(byte)"
        case .badSpeedscope(let what, let place, let byte):
            "taken for speedscope JSON, but \(what)\(place.isEmpty ? "" : " at \(place)"), byte \(byte)"
        case .isDifference: "it is the difference of two profiles, which is no profile"
        case .noUsableLine(let format, let first):
            "no line is of the format \(format.rawValue), the first is \(first.description)"
        }
    }
}
