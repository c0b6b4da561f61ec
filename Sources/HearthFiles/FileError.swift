#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What the system said of a file: the operation, the path and the reason.
public struct FileError: Error, Hashable, CustomStringConvertible, Sendable {
    public enum Operation: String, Sendable {
        case open, read, write, create, replace, sync
    }

    public var operation: Operation
    public var path: String
    /// The system's error number.
    public var code: Int32

    public init(_ operation: Operation, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// One line without a final stop, such as `cannot write out.svg: No space left on device`.
    public var description: String { "cannot \(operation.rawValue) \(subject): \(reason)" }

    /// What `-` stands for depends on what was done with it.
    private var subject: String {
        guard path == "-" else { return path }
        return operation == .open || operation == .read ? "standard input" : "standard output"
    }

    /// Whether a folder stands where a file should.
    public var isDirectory: Bool { code == EISDIR }

    /// Whether there is nothing of that name.
    public var isMissing: Bool { code == ENOENT }

    /// The system's text for the code; glibc keeps it per thread.
    public var reason: String { unsafe String(cString: strerror(code)) }
}
