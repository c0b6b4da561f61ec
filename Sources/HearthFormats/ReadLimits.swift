/// What a reader takes at most, so that a hostile file cannot take all memory.
public struct ReadLimits: Hashable, Sendable {
    /// Bytes of the file as it is.
    public var fileBytes = 4 << 30
    /// Bytes after decompression.
    public var uncompressedBytes = 1 << 30
    /// Uncompressed ÷ compressed size, looked at from 16 MiB on. Real profiles stay under 50, a bomb reaches 1,030.
    public var compressionRatio = 250
    /// Bytes of memory for a decoded pprof message, estimated before it is decoded: an empty sample is two bytes in the
    /// file and many more as a value.
    public var decodedBytes = 4 << 30
    /// Frames of one stack.
    public var stackDepth = 1 << 16
    /// Distinct stacks, callers of others included.
    public var stacks = 1 << 26

    public init() {}
}
