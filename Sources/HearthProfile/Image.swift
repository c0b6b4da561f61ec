/// A handle to an ``Image`` of one profile.
public struct ImageID: Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A mapped object file: the program, a library, the vDSO.
public struct Image: Hashable, Sendable {
    /// Path in the file system of the profiled machine, or a name in brackets such as `[vdso]`.
    public var path: String
    /// GNU build-id as lower-case hexadecimal; empty when the file has none.
    public var buildID: String
    /// Where the executable part began in the process, and where it ended (exclusive).
    public var start: UInt64
    public var end: UInt64
    /// Run-time address − address in the file's own (link-time) address space.
    public var bias: UInt64
    /// Offset in the file of the byte mapped at `start`.
    public var fileOffset: UInt64

    public init(
        path: String, buildID: String = "", start: UInt64 = 0, end: UInt64 = 0, bias: UInt64 = 0,
        fileOffset: UInt64 = 0
    ) {
        self.path = path
        self.buildID = buildID
        self.start = start
        self.end = end
        self.bias = bias
        self.fileOffset = fileOffset
    }

    /// The last component of `path`.
    public var name: String {
        // Looked for from the end: every frame of the image asks.
        let slash = UInt8(ascii: "/")
        guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return path }
        let start = path.utf8[..<last].lastIndex(of: slash).map(path.utf8.index(after:)) ?? path.startIndex
        return String(path[start..<path.utf8.index(after: last)])
    }
}
