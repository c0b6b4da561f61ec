internal import HearthProfile

/// The functions and source lines at some addresses of one image, as debug information has them.
///
/// Flat, for a hundred thousand addresses are asked for at once: all entries stand in one list, all texts in one table.
public struct SourceFrames: Sendable {
    /// A function at an address: the one whose code it is, or one inlined there.
    public struct Entry: Hashable, Sendable {
        /// Index in ``strings`` of the function's name as the linker knows it (else as the source has it); 0 when not known.
        public var function: UInt32
        /// Index in ``strings`` of the source file; 0 when not known.
        public var file: UInt32
        /// The line being executed: of the address for the innermost function, of the call for the others. 0 when not known.
        public var line: UInt32

        public init(function: UInt32, file: UInt32, line: UInt32) {
            self.function = function
            self.file = file
            self.line = line
        }
    }

    private var table = StringTable()
    private var entries: [Entry] = []
    private var ranges: [Range<Int>]

    /// Nothing is known yet of `count` addresses.
    public init(count: Int) { ranges = Array(repeating: 0..<0, count: count) }

    /// Index 0 is the empty text.
    public var strings: [String] { table.strings }

    /// The index of a text. O(length).
    public mutating func intern(_ string: String) -> UInt32 { table.intern(string).rawValue }

    public var count: Int { ranges.count }

    /// What is known of the address with this index, outermost function first; empty for nothing.
    public subscript(_ address: Int) -> ArraySlice<Entry> { entries[ranges[address]] }

    /// Sets what is known of the address with this index, innermost function first.
    public mutating func set(_ address: Int, innermostFirst new: [Entry]) {
        let start = entries.count
        entries.append(contentsOf: new.reversed())
        ranges[address] = start..<entries.count
    }
}

/// Reads debug information; `HearthDebugInfo` has the reader for DWARF.
public protocol SourceFrameReader: Sendable {
    /// The functions and lines at link-time addresses of an image.
    ///
    /// - Parameters:
    ///   - addresses: ascending, each once.
    ///   - path: the image's object file, or its separate debug file.
    /// - Throws: when the debug information cannot be read; the message says where and why.
    func frames(at addresses: [UInt64], inFileAt path: String) throws -> SourceFrames
}
