/// What a reader takes at most, so that a hostile file cannot take all memory.
public struct ReadLimits: Hashable, Sendable {
    /// Bytes of the file as it is.
    public var fileBytes = 4 << 30
    /// Bytes after decompression.
    public var uncompressedBytes = 1 << 30
    /// Uncompressed ÷ compressed size. Real profiles stay under 50, a bomb reaches 1,030; so do the same few stacks over and
    /// over.
    public var compressionRatio = 250
    /// Bytes after decompression from which on the ratio is looked at: less is no danger.
    public var bytesOfAnyRatio = 256 << 20
    /// Bytes of memory for a decoded pprof message, estimated before it is decoded: an empty sample is two bytes in the
    /// file and many more as a value.
    public var decodedBytes = 4 << 30
    /// Frames of one stack.
    public var stackDepth = 1 << 16
    /// Distinct stacks, callers of others included.
    public var stacks = 1 << 26

    public init() {}
}
