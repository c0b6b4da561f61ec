/// The numbers of the format, as Docs/Store.md describes it.
enum StoreFormat {
    /// Opens every segment: a byte that no text has, the name, line ends that a transfer as text would spoil.
    static let magic: [UInt8] = [0x89, 0x48, 0x53, 0x45, 0x47, 0x0D, 0x0A]
    /// The byte after the magic. A reader refuses what is newer.
    static let version: UInt8 = 1
    static let fileHeaderSize = 8

    enum RecordKind: UInt8 {
        /// Whose windows these are. The first record of a segment.
        case process = 1
        /// One window, with what it adds to the tables.
        case window = 2
        /// Where the windows are, and their totals. In closed segments.
        case index = 3
        /// All tables, and the sum of all windows. In closed segments where it saves time.
        case digest = 4
        /// Where index and digest are: the last record of a closed segment.
        case trailer = 5
    }

    /// Bytes of a record's payload, packed or not. A window of the agent's largest profile takes a third.
    static let recordLimit = 32 << 20
    /// Bytes of a segment that a reader takes. Writers stop at an eighth of it.
    static let segmentLimit = 128 << 20
    static let windowLimit = 1 << 20
    static let rowLimit = 4 << 20
    static let columnLimit = 64
}
