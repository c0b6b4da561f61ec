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
        /// More than this many bytes after decompression.
        case tooLarge(limit: Int)
        /// Decompresses to more than this many times its size.
        case gzipBomb(ratio: Int)
        /// Would take more than this many bytes of memory.
        case tooMuchMemory(limit: Int)
        /// Not a protocol-buffer message, from this byte (after decompression) on.
        case badMessage(String, byte: Int)
        case noSampleTypes
        case stringIndexOutOfRange(Int64, count: Int, of: String)
        /// An id that no location, function or mapping has.
        case unknownID(UInt64, kind: String, of: String)
        case wrongValueCount(Int, expected: Int, sample: Int)
        case stackTooDeep(limit: Int, sample: Int)
        case tooManyStacks(limit: Int)
        /// No JSON from this byte (after decompression) on.
        case badJSON(String, byte: Int)
        /// JSON that is not speedscope's; `place` is a path such as `profiles[0].samples[3]`.
        case badSpeedscope(String, place: String)
        /// A collapsed file with two columns of counts, as `hearth diff` writes them.
        case isDifference
        /// Not one line of the file is of the format.
        case noUsableLine(format: ProfileFormat, first: ReadNotes.Line)
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
        case .tooLarge(let limit): "holds more than \(limit) bytes after decompression"
        case .gzipBomb(let ratio): "decompresses to more than \(ratio) times its size, as no profile does"
        case .tooMuchMemory(let limit): "would take more than \(limit) bytes of memory"
        case .badMessage(let name, let byte): "not a pprof profile: \(name) is malformed at byte \(byte)"
        case .noSampleTypes: "not a pprof profile: it has no sample types"
        case .stringIndexOutOfRange(let index, let count, let owner):
            "string index \(index) of \(owner) is out of range, the table has \(count)"
        case .unknownID(let id, let kind, let owner): "\(owner) refers to \(kind) \(id), which does not exist"
        case .wrongValueCount(let count, let expected, let sample):
            "sample \(sample) has \(count) values for \(expected) sample types"
        case .stackTooDeep(let limit, let sample): "the stack of sample \(sample) has more than \(limit) frames"
        case .tooManyStacks(let limit): "more than \(limit) distinct stacks"
        case .badJSON(let what, let byte): "taken for speedscope JSON, but \(what) at byte \(byte)"
        case .badSpeedscope(let what, let place):
            "taken for speedscope JSON, but \(what)\(place.isEmpty ? "" : " at \(place)")"
        case .isDifference: "it is the difference of two profiles, which is no profile"
        case .noUsableLine(let format, let first):
            "no line is of the format \(format.rawValue), the first is \(first.description)"
        }
    }
}
