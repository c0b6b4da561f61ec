/// What was learnt of one image, as bytes: it spares the next process the symbol tables and the debug information.
///
/// Names are stored as the linker knows them, so that a later version may show them otherwise. Numbers are LEB128.
struct FrameCacheFile {
    /// What the names came from.
    struct Sources: Hashable {
        /// False where only exported functions were known.
        var symbols: Bool
        var inlinedFunctions: Bool
    }

    var sources: Sources
    var functions: [String]
    var files: [String]
    var table: FrameTable

    /// Raised with every change of the layout or of what the numbers mean: a file of another version is not read.
    private static let magic = Array("HearthF2".utf8)

    init(sources: Sources, functions: [String], files: [String], table: FrameTable) {
        self.sources = sources
        self.functions = functions
        self.files = files
        self.table = table
    }

    // MARK: Writing

    /// O(addresses · log addresses).
    func encoded() -> [UInt8] {
        var body: [UInt8] = []
        Self.append(UInt64(sources.symbols ? 1 : 0) | UInt64(sources.inlinedFunctions ? 2 : 0), to: &body)
        for table in [functions, files] {
            Self.append(UInt64(table.count), to: &body)
            for text in table {
                Self.append(UInt64(text.utf8.count), to: &body)
                body.append(contentsOf: text.utf8)
            }
        }
        let addresses = table.addresses
        Self.append(UInt64(addresses.count), to: &body)
        var previous: UInt64 = 0
        for place in addresses.indices.sorted(by: { addresses[$0] < addresses[$1] }) {
            Self.append(addresses[place] - previous, to: &body)
            previous = addresses[place]
            let range = table.range(at: place)
            Self.append(UInt64(range.count), to: &body)
            for entry in table.entries[range] {
                for number in [entry.function, entry.file, entry.line] { Self.append(UInt64(number), to: &body) }
            }
        }
        var bytes = Self.magic
        let checksum = Checksum.crc32(unsafe body.span.bytes)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: checksum >> UInt32(shift)))
        }
        return bytes + body
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    // MARK: Reading

    /// Nil for a file that is damaged, of another version, or not of this kind. O(bytes).
    init?(_ bytes: [UInt8]) {
        let headerSize = Self.magic.count + 4
        guard bytes.count > headerSize, bytes.starts(with: Self.magic) else { return nil }
        let checksum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[Self.magic.count + $1]) << UInt32($1 * 8) }
        guard unsafe Checksum.crc32(bytes.span.bytes.extracting(headerSize..<bytes.count)) == checksum else {
            return nil
        }
        var reader = Reader(bytes: bytes, position: headerSize)
        guard let flags = reader.number(), let functions = reader.texts(), let files = reader.texts(),
            let count = reader.count()
        else { return nil }
        self.init(
            sources: Sources(symbols: flags & 1 != 0, inlinedFunctions: flags & 2 != 0), functions: functions,
            files: files, table: FrameTable())
        table.reserveCapacity(count)
        var address: UInt64 = 0
        var entries: [FrameTable.Entry] = []
        for index in 0..<count {
            guard let step = reader.number(), step > 0 || index == 0, let size = reader.count() else { return nil }
            address &+= step
            entries.removeAll(keepingCapacity: true)
            for _ in 0..<size {
                guard let function = reader.number(), let file = reader.number(), let line = reader.number(),
                    function < functions.count, file < files.count, line <= UInt32.max
                else { return nil }
                entries.append(FrameTable.Entry(function: UInt32(function), file: UInt32(file), line: UInt32(line)))
            }
            table.append(address, entries)
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position: Int

        mutating func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while shift < 64, position < bytes.count {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }

        /// A number of things of at least a byte each.
        mutating func count() -> Int? {
            guard let count = number(), count <= UInt64(bytes.count - position) else { return nil }
            return Int(count)
        }

        mutating func texts() -> [String]? {
            guard let count = count() else { return nil }
            var texts: [String] = []
            texts.reserveCapacity(count)
            for _ in 0..<count {
                guard let size = self.count() else { return nil }
                texts.append(String(decoding: bytes[position..<position + size], as: UTF8.self))
                position += size
            }
            return texts
        }
    }
}
