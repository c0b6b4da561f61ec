extension ELFFile {
    /// The name and checksum by which a stripped file points to its separate debug file (`.gnu_debuglink`).
    public struct DebugLink: Hashable, Sendable {
        /// A file name without folders.
        public var fileName: String
        /// CRC-32 of the whole debug file.
        public var checksum: UInt32
    }

    /// The GNU build-id as lower-case hexadecimal, from the notes; nil when there is none. O(notes).
    public func buildID(in bytes: RawSpan) -> String? {
        for section in sections where section.type == 7 {
            guard let range = range(of: section, in: bytes) else { continue }
            if let found = Self.buildID(bytes, notes: range, alignment: 4) { return found }
        }
        // Files have two or three.
        for segment in segments.lazy.filter({ $0.type == 4 }).prefix(16) {
            guard let range = range(of: segment, in: bytes) else { continue }
            if let found = Self.buildID(bytes, notes: range, alignment: segment.alignment == 8 ? 8 : 4) { return found }
        }
        return nil
    }

    /// Nil when the file has no debug link, or one that leaves its folder.
    public func debugLink(in bytes: RawSpan) -> DebugLink? {
        guard let section = section(named: ".gnu_debuglink"), let range = range(of: section, in: bytes),
            let end = bytes.endOfText(at: range.lowerBound, before: range.upperBound),
            let checksum = bytes.load(UInt32.self, at: range.lowerBound + (end - range.lowerBound + 4) / 4 * 4)
        else { return nil }
        let name = bytes.text(range.lowerBound..<end)
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return DebugLink(fileName: name, checksum: checksum)
    }

    private static func buildID(_ bytes: RawSpan, notes: Range<Int>, alignment: Int) -> String? {
        func aligned(_ size: UInt32) -> Int { (Int(size) + alignment - 1) / alignment * alignment }
        var position = notes.lowerBound
        while position < notes.upperBound,
            let nameSize = bytes.load(UInt32.self, at: position),
            let size = bytes.load(UInt32.self, at: position + 4),
            let type = bytes.load(UInt32.self, at: position + 8)
        {
            let start = position + 12 + aligned(nameSize)
            // "GNU" and a zero; 20 bytes by default, 64 are allowed for.
            if type == 3, nameSize == 4, bytes.load(UInt32.self, at: position + 12) == 0x0055_4E47, 1...64 ~= size,
                start + Int(size) <= notes.upperBound
            {
                return hexadecimal(bytes, start..<start + Int(size))
            }
            position = start + aligned(size)
        }
        return nil
    }

    private static func hexadecimal(_ bytes: RawSpan, _ range: Range<Int>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for offset in range {
            let byte = Int(bytes.load(UInt8.self, at: offset) ?? 0)
            text.append(digits[byte >> 4])
            text.append(digits[byte & 15])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
