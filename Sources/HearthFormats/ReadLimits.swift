internal import HearthProfile

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
    /// Bytes of memory that a profile may take, estimated as it grows: two bytes of a file can be a row of many columns.
    public var memoryBytes = 4 << 30
    /// Frames of one stack.
    public var stackDepth = 1 << 16
    /// Distinct stacks, callers of others included.
    public var stacks = 1 << 26

    public init() {}

    /// Whether what was read so far is within the limits. O(1).
    func check(_ profile: Profile) throws(ProfileReadError.Reason) {
        guard profile.stacks.count <= stacks else { throw .tooManyStacks(limit: stacks) }
        // About: with places in indexes, and arrays that have grown to twice what they hold.
        let size =
            profile.stacks.count * 24 + profile.frames.count * 220 + profile.strings.count * 80
            + profile.labels.count * 400 + profile.samples.count * 40 + profile.values.count * 8
        guard size <= memoryBytes else { throw .tooMuchMemory(limit: memoryBytes) }
    }
}
