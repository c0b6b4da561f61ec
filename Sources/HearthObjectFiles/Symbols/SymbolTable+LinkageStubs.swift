extension SymbolTable {
    /// The stubs by which an image calls functions of others (`.plt`), each under the name of the function it calls.
    ///
    /// No table names them: each stub jumps through a slot, and a relocation says which function's address the slot gets.
    /// O(relocations + stubs). Empty for other processors than x86-64, and for an image without section headers.
    public init(linkageStubsOf file: ELFFile, in bytes: RawSpan) {
        self.init()
        guard file.machine == 62, let slots = Slots(file, bytes) else { return }
        strings = slots.strings
        var found: [Symbol] = []
        for section in file.sections where section.name.hasPrefix(".plt") && section.isExecutable {
            guard let range = file.range(of: section, in: bytes) else { continue }
            let stubSize = section.name == ".plt.got" && section.entrySize == 8 ? 8 : 16
            for stub in stride(from: range.lowerBound, through: range.upperBound - stubSize, by: stubSize) {
                let address = section.address &+ UInt64(stub - range.lowerBound)
                guard let slot = Self.slot(of: stub, size: stubSize, address: address, bytes),
                    let name = slots.names[slot]
                else { continue }
                found.append(Symbol(address: address, size: UInt32(stubSize), name: name))
            }
        }
        found.sort { $0.address < $1.address }
        for symbol in found where symbols.last.map({ $0.address != symbol.address }) ?? true { symbols.append(symbol) }
    }

    /// The slot that a stub jumps through: `jmp *n(%rip)`, maybe behind marks for indirect branches.
    private static func slot(of stub: Int, size: Int, address: UInt64, _ bytes: RawSpan) -> UInt64? {
        for offset in 0...size - 6 where bytes.load(UInt16.self, at: stub + offset) == 0x25FF {
            guard let distance = bytes.load(Int32.self, at: stub + offset + 2) else { return nil }
            return address &+ UInt64(offset + 6) &+ UInt64(bitPattern: Int64(distance))
        }
        return nil
    }

    /// The slots that relocations fill with the address of a function of this name.
    private struct Slots {
        /// Address of the slot → offset of the name in `strings`.
        var names: [UInt64: UInt32] = [:]
        var strings: Range<Int>

        init?(_ file: ELFFile, _ bytes: RawSpan) {
            guard let section = file.sections.first(where: { $0.type == 11 }),
                let symbols = file.range(of: section, in: bytes), Int(section.link) < file.sections.count,
                let strings = file.range(of: file.sections[Int(section.link)], in: bytes)
            else { return nil }
            self.strings = strings
            for section in file.sections where section.type == 4 && section.entrySize == 24 {
                guard let relocations = file.range(of: section, in: bytes) else { continue }
                for entry in stride(from: relocations.lowerBound, through: relocations.upperBound - 24, by: 24) {
                    // R_X86_64_GLOB_DAT and R_X86_64_JUMP_SLOT.
                    guard let slot = bytes.load(UInt64.self, at: entry),
                        let info = bytes.load(UInt64.self, at: entry + 8),
                        info & 0xFFFF_FFFF == 6 || info & 0xFFFF_FFFF == 7
                    else { continue }
                    let symbol = Int(info >> 32) * 24
                    guard symbol > 0, symbol < symbols.count,
                        let name = bytes.load(UInt32.self, at: symbols.lowerBound + symbol), name != 0
                    else { continue }
                    names[slot] = name
                }
            }
        }
    }
}
