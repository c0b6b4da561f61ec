/// The headers of a 64-bit little-endian ELF image: what is where.
///
/// A plain value without the bytes it was read from: whatever needs them takes them again, so that the owner decides how
/// long a file stays mapped. Every offset in it is the file's own claim and is checked where it is used.
public struct ELFFile: Sendable {
    /// How the bytes are laid out.
    public enum Layout: Sendable {
        /// As in the file, at file offsets. The vDSO too is a whole file, in memory.
        case file
        /// As the loader maps it: byte 0 is the lowest address of the image. There are no section headers then.
        case memory
    }

    public enum FileType: Hashable, Sendable {
        case relocatable
        /// Linked to fixed addresses.
        case executable
        /// A library, or a program that is position-independent.
        case sharedObject
        case other(UInt16)
    }

    public struct Section: Hashable, Sendable {
        public var name: String
        public var type: UInt32
        public var flags: UInt64
        public var address: UInt64
        public var offset: UInt64
        public var size: UInt64
        /// Index of a section that belongs to this one, as the strings of a symbol table.
        public var link: UInt32
        public var entrySize: UInt64

        /// False for `.bss`, and for the code in a separate debug file.
        public var hasBytes: Bool { type != 8 && type != 0 }
        public var isExecutable: Bool { flags & 4 != 0 }
    }

    public struct Segment: Hashable, Sendable {
        public var type: UInt32
        public var flags: UInt32
        public var offset: UInt64
        public var address: UInt64
        public var fileSize: UInt64
        public var memorySize: UInt64
        public var alignment: UInt64

        /// `PT_LOAD`.
        public var isLoad: Bool { type == 1 }
        public var isExecutable: Bool { flags & 1 != 0 }
    }

    public let layout: Layout
    public let type: FileType
    /// 62 for x86-64, 183 for aarch64.
    public let machine: UInt16
    /// Link-time address of the first instruction; 0 for none.
    public let entry: UInt64
    public let segments: [Segment]
    public let sections: [Section]

    /// Reads the headers. O(sections + segments).
    public init(_ bytes: RawSpan, layout: Layout = .file) throws(ObjectFileError) {
        guard bytes.load(UInt32.self, at: 0) == 0x464C_457F else { throw ObjectFileError(.notELF, byte: 0) }
        guard bytes.load(UInt8.self, at: 4) == 2 else { throw ObjectFileError(.not64Bit, byte: 4) }
        guard bytes.load(UInt8.self, at: 5) == 1 else { throw ObjectFileError(.notLittleEndian, byte: 5) }
        guard
            let type = bytes.load(UInt16.self, at: 16),
            let machine = bytes.load(UInt16.self, at: 18),
            let entry = bytes.load(UInt64.self, at: 24),
            let header = Header(bytes)
        else { throw ObjectFileError(.truncatedHeader, byte: bytes.byteCount) }
        self.layout = layout
        self.machine = machine
        self.entry = entry
        self.type =
            switch type {
            case 1: .relocatable
            case 2: .executable
            case 3: .sharedObject
            default: .other(type)
            }
        segments = try Self.readSegments(bytes, header)
        sections = layout == .file ? try Self.readSections(bytes, header) : []
    }

    /// The first section with this name. O(sections).
    public func section(named name: String) -> Section? { sections.first { $0.name == name } }

    /// The parts that are mapped when the image is loaded.
    public var loadSegments: [Segment] { segments.filter(\.isLoad) }

    /// The lowest link-time address of the image, down to the page: run-time start − this = bias.
    public var lowestAddress: UInt64 { (loadSegments.map(\.address).min() ?? 0) & ~0xFFF }

    /// The link-time address of the code that is mapped from an offset of the file, which may be that of the page in which
    /// an executable segment begins. O(segments).
    public func codeAddress(ofFileOffset offset: UInt64) -> UInt64? {
        for segment in segments where segment.isLoad && segment.isExecutable {
            guard offset >= segment.offset & ~0xFFF,
                offset < segment.offset || offset - segment.offset < segment.fileSize
            else { continue }
            return segment.address &+ (offset &- segment.offset)
        }
        return nil
    }

    /// Where in the bytes a section stands; nil when it has none or claims to be outside.
    public func range(of section: Section, in bytes: RawSpan) -> Range<Int>? {
        section.hasBytes ? bytes.range(at: section.offset, size: section.size) : nil
    }

    /// Where in the bytes a segment stands.
    public func range(of segment: Segment, in bytes: RawSpan) -> Range<Int>? {
        switch layout {
        case .file: bytes.range(at: segment.offset, size: segment.fileSize)
        case .memory: bytes.range(at: segment.address &- lowestAddress, size: segment.memorySize)
        }
    }

    /// The bytes from a link-time address up to the end of its segment; nil when it has none.
    public func range(atAddress address: UInt64, in bytes: RawSpan) -> Range<Int>? {
        for segment in segments where segment.isLoad {
            let size = layout == .file ? segment.fileSize : segment.memorySize
            guard address >= segment.address, address &- segment.address < size else { continue }
            guard let whole = range(of: segment, in: bytes) else { return nil }
            return whole.lowerBound + Int(address &- segment.address)..<whole.upperBound
        }
        return nil
    }
}

extension ELFFile {
    /// The fields of the file header that say where the two tables are.
    private struct Header {
        var segmentOffset: UInt64
        var segmentSize: UInt16
        var segmentCount: UInt64
        var sectionOffset: UInt64
        var sectionSize: UInt16
        var sectionCount: UInt64
        var nameSection: UInt64

        init?(_ bytes: RawSpan) {
            guard
                let segmentOffset = bytes.load(UInt64.self, at: 32),
                let sectionOffset = bytes.load(UInt64.self, at: 40),
                let segmentSize = bytes.load(UInt16.self, at: 54),
                let segmentCount = bytes.load(UInt16.self, at: 56),
                let sectionSize = bytes.load(UInt16.self, at: 58),
                let sectionCount = bytes.load(UInt16.self, at: 60),
                let nameSection = bytes.load(UInt16.self, at: 62)
            else { return nil }
            self.segmentOffset = segmentOffset
            self.segmentSize = segmentSize
            self.segmentCount = UInt64(segmentCount)
            self.sectionOffset = sectionOffset
            self.sectionSize = sectionSize
            self.sectionCount = UInt64(sectionCount)
            self.nameSection = UInt64(nameSection)
            // Counts that do not fit stand in section header 0.
            guard sectionOffset != 0, let first = bytes.range(at: sectionOffset, size: 64)?.lowerBound else { return }
            if sectionCount == 0 { self.sectionCount = bytes.load(UInt64.self, at: first + 32) ?? 0 }
            if nameSection == 0xFFFF { self.nameSection = UInt64(bytes.load(UInt32.self, at: first + 40) ?? 0) }
            if segmentCount == 0xFFFF { self.segmentCount = UInt64(bytes.load(UInt32.self, at: first + 44) ?? 0) }
        }
    }

    /// Offsets of the entries of a header table, all of which lie inside.
    private static func table(
        _ bytes: RawSpan, offset: UInt64, count: UInt64, entrySize: UInt16, least: UInt64
    ) -> StrideTo<Int>? {
        guard count <= UInt64(bytes.byteCount), UInt64(entrySize) >= least,
            let range = bytes.range(at: offset, size: count &* UInt64(entrySize))
        else { return nil }
        return stride(from: range.lowerBound, to: range.upperBound, by: Int(entrySize))
    }

    private static func readSegments(_ bytes: RawSpan, _ header: Header) throws(ObjectFileError) -> [Segment] {
        if header.segmentCount == 0 { return [] }
        guard
            let entries = table(
                bytes, offset: header.segmentOffset, count: header.segmentCount, entrySize: header.segmentSize,
                least: 56)
        else { throw ObjectFileError(.segmentsOutside, byte: 32) }
        var segments: [Segment] = []
        for entry in entries {
            segments.append(
                Segment(
                    type: bytes.load(UInt32.self, at: entry) ?? 0, flags: bytes.load(UInt32.self, at: entry + 4) ?? 0,
                    offset: bytes.load(UInt64.self, at: entry + 8) ?? 0,
                    address: bytes.load(UInt64.self, at: entry + 16) ?? 0,
                    fileSize: bytes.load(UInt64.self, at: entry + 32) ?? 0,
                    memorySize: bytes.load(UInt64.self, at: entry + 40) ?? 0,
                    alignment: bytes.load(UInt64.self, at: entry + 48) ?? 0))
        }
        return segments
    }

    private static func readSections(_ bytes: RawSpan, _ header: Header) throws(ObjectFileError) -> [Section] {
        if header.sectionOffset == 0 || header.sectionCount == 0 { return [] }
        guard
            let entries = table(
                bytes, offset: header.sectionOffset, count: header.sectionCount, entrySize: header.sectionSize,
                least: 64)
        else { throw ObjectFileError(.sectionsOutside, byte: 40) }
        var names = 0..<0
        if header.nameSection < header.sectionCount {
            let entry = Int(header.sectionOffset) + Int(header.nameSection) * Int(header.sectionSize)
            let offset = bytes.load(UInt64.self, at: entry + 24) ?? 0
            names = bytes.range(at: offset, size: bytes.load(UInt64.self, at: entry + 32) ?? 0) ?? 0..<0
        }
        var sections: [Section] = []
        for entry in entries {
            let name = Int(bytes.load(UInt32.self, at: entry) ?? 0)
            sections.append(
                Section(
                    // Names that overlap could fill the memory from a small file: real ones are short.
                    name: bytes.text(
                        at: names.lowerBound + name, before: min(names.upperBound, names.lowerBound + name + 256))
                        ?? "",
                    type: bytes.load(UInt32.self, at: entry + 4) ?? 0,
                    flags: bytes.load(UInt64.self, at: entry + 8) ?? 0,
                    address: bytes.load(UInt64.self, at: entry + 16) ?? 0,
                    offset: bytes.load(UInt64.self, at: entry + 24) ?? 0,
                    size: bytes.load(UInt64.self, at: entry + 32) ?? 0,
                    link: bytes.load(UInt32.self, at: entry + 40) ?? 0,
                    entrySize: bytes.load(UInt64.self, at: entry + 56) ?? 0))
        }
        emptyOverlaps(&sections)
        return sections
    }

    /// Linkers lay sections side by side. One that begins inside another is taken for empty: else a small file could claim its
    /// bytes thousands of times over, and whoever goes through all of its notes or stubs would never come to an end.
    private static func emptyOverlaps(_ sections: inout [Section]) {
        let order = sections.indices.filter { sections[$0].hasBytes && sections[$0].size > 0 }
            .sorted { (sections[$0].offset, $0) < (sections[$1].offset, $1) }
        var end: UInt64 = 0
        for index in order {
            let section = sections[index]
            if section.offset < end {
                sections[index].size = 0
            } else {
                let (sum, overflow) = section.offset.addingReportingOverflow(section.size)
                end = overflow ? .max : sum
            }
        }
    }
}
