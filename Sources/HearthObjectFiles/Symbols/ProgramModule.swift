extension ELFFile {
    /// The Swift module in which a program begins: SwiftPM has its main function called `Module_main`, with `main` for a second
    /// name. Nil for a library, for what is built otherwise, and without a full symbol table. O(symbols).
    public func programModule(in bytes: RawSpan) -> String? {
        // Only what the kernel starts names an interpreter, the loader; or it is linked to fixed addresses.
        guard type == .executable || segments.contains(where: { $0.type == 3 }),
            let section = sections.first(where: { $0.type == 2 }), section.entrySize == 24,
            let entries = range(of: section, in: bytes), Int(section.link) < sections.count,
            let strings = range(of: sections[Int(section.link)], in: bytes)
        else { return nil }
        let offsets = stride(from: entries.lowerBound, through: entries.upperBound - 24, by: 24)
        func isFunction(_ entry: Int) -> Bool {
            bytes.load(UInt8.self, at: entry + 4).map { $0 & 0xF == 2 } ?? false
                && bytes.load(UInt16.self, at: entry + 6) != 0
        }
        func name(_ entry: Int) -> Range<Int>? {
            guard let offset = bytes.load(UInt32.self, at: entry) else { return nil }
            let start = strings.lowerBound + Int(offset)
            return bytes.endOfText(at: start, before: strings.upperBound).map { start..<$0 }
        }
        // `main` and the zero behind it, as one number and one byte.
        let main = offsets.first { entry in
            guard isFunction(entry), let offset = bytes.load(UInt32.self, at: entry) else { return false }
            let start = strings.lowerBound + Int(offset)
            return bytes.load(UInt32.self, at: start) == 0x6E69_616D && bytes.load(UInt8.self, at: start + 4) == 0
        }
        guard let main, let address = bytes.load(UInt64.self, at: main + 8) else { return nil }
        for entry in offsets where bytes.load(UInt64.self, at: entry + 8) == address && isFunction(entry) {
            guard let name = name(entry) else { continue }
            let text = bytes.text(name)
            if text.hasSuffix("_main"), text.utf8.count > 5, !text.hasPrefix("$") { return String(text.dropLast(5)) }
        }
        return nil
    }
}
