/// Input that as a whole is no JSON Lines, in words that say what to do.
public enum InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// By a compression whose tool writes it unpacked to standard output.
    case compressed(path: String, format: String, tool: String)
    /// By gzip, and not whole; the byte is one of the packed input.
    case cutGzip(path: String, byte: Int)
    case corruptGzip(path: String, byte: Int)
    /// One array around all documents.
    case array(path: String)

    /// Looks at how the input starts.
    init?(path: String, start: ArraySlice<UInt8>) {
        for compression in Self.compressions where start.starts(with: compression.start) {
            self = .compressed(path: path, format: compression.format, tool: compression.tool)
            return
        }
        let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start
        let first = text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        guard first == UInt8(ascii: "[") else { return nil }
        self = .array(path: path)
    }

    /// The longest start that tells something.
    static let startLength = 6

    private static let compressions: [(start: [UInt8], format: String, tool: String)] = [
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd", "zstdcat"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz", "xzcat"),
    ]

    public var description: String {
        switch self {
        case .compressed("-", let format, let tool):
            "standard input is \(format); unpack it on the way: \(tool) | hearth-ingest run --input -"
        case .compressed(let path, let format, let tool):
            "\(path) is \(format); unpack it on the way: \(tool) \(path) | hearth-ingest run --input -"
        case .cutGzip(let path, let byte):
            "the gzip data of \(Self.subject(path)) end too soon, after byte \(byte); the batches before are stored"
        case .corruptGzip(let path, let byte):
            "the gzip data of \(Self.subject(path)) are damaged at byte \(byte); the batches before are stored"
        case .array("-"):
            "standard input is one JSON array and not JSON Lines; take it apart on the way: "
                + "jq -c '.[]' | hearth-ingest run --input -"
        case .array(let path):
            "\(path) is one JSON array and not JSON Lines; take it apart on the way: "
                + "jq -c '.[]' \(path) | hearth-ingest run --input -"
        }
    }

    private static func subject(_ path: String) -> String { path == "-" ? "standard input" : path }
}
