extension ELFFile {
    /// Where the call frame information stands.
    public struct CallFrames: Hashable, Sendable {
        /// In the bytes; without section headers up to the end of the segment, as only the terminator tells the end.
        public var range: Range<Int>
        /// Link-time address of its first byte.
        public var address: UInt64
    }

    /// `.eh_frame`, by its section, else through `PT_GNU_EH_FRAME`; nil when the image has none.
    public func callFrames(in bytes: RawSpan) -> CallFrames? {
        if let section = section(named: ".eh_frame"), let range = range(of: section, in: bytes) {
            return CallFrames(range: range, address: section.address)
        }
        guard let segment = segments.first(where: { $0.type == 0x6474_E550 }),
            let header = range(atAddress: segment.address, in: bytes)?.lowerBound,
            bytes.load(UInt8.self, at: header) == 1,
            // Linkers write the pointer as pcrel sdata4.
            bytes.load(UInt8.self, at: header + 1) == 0x1B,
            let relative = bytes.load(Int32.self, at: header + 4)
        else { return nil }
        let address = segment.address &+ 4 &+ UInt64(bitPattern: Int64(relative))
        guard let range = range(atAddress: address, in: bytes) else { return nil }
        return CallFrames(range: range, address: address)
    }
}

extension UnwindTable {
    /// The rows of an image; empty when it has no call frame information. O(size of it).
    public init(_ file: ELFFile, in bytes: RawSpan) {
        guard let frames = file.callFrames(in: bytes) else {
            self.init(base: 0, rows: [])
            return
        }
        self.init(ehFrame: bytes.extracting(frames.range), address: frames.address)
    }
}
