/// How much a store keeps.
public struct StoreLimits: Hashable, Sendable {
    /// Bytes of all segments in the folder, of all processes that write there. A segment counts as at least 64 KiB, so that
    /// a service that starts every second cannot leave a million of them.
    public var bytes = 512 << 20
    /// Segments whose last window is older are removed.
    public var age: Duration = .seconds(30 * 86_400)
    /// Bytes after which a segment is closed and the next begun: the smallest part that is removed. At most an eighth of
    /// `bytes`.
    public var segmentBytes = 8 << 20
    /// Wait for the disk after each window: then a power failure, too, loses none that was appended.
    public var synchronizesWindows = true

    public init() {}

    public init(bytes: Int, age: Duration) {
        self.bytes = bytes
        self.age = age
    }

    static let smallestCount = 64 << 10
    /// What the tables of the open segment may take in memory.
    static let tableBytes = 6 << 20
    /// Windows of a segment, and the time that they may span: a quiet service's segment does not grow for ever.
    static let segmentWindows = 20_000
    static let segmentDuration: Int64 = 86_400_000_000_000

    var effectiveSegmentBytes: Int {
        max(min(segmentBytes, bytes / 8, StoreFormat.segmentLimit / 8), Self.smallestCount)
    }
}
