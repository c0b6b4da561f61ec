extension SymbolTable {
    /// Reads one of the tables of a file; empty when it has none, or when the table lies about where it is.
    ///
    /// O(n log n). Symbols are functions, indirect functions (under whose name their resolver is), and in executable sections
    /// also untyped ones that have a size or are global, as hand-written assembly has them. One without a size goes on to
    /// its neighbour, and in a function no further than that does; untyped it is a label there, and left out. Symbols of the
    /// dynamic table have a size, else they are left out: behind them may be static functions that it does not name.
    ///
    /// - Parameter bias: for an image in memory, run-time − link-time address.
    public init(_ file: ELFFile, in bytes: RawSpan, source: Source, bias: UInt64 = 0) {
        self.init()
        let wantedType: UInt32 = source == .full ? 2 : 11
        var entries = 0..<0
        if let section = file.sections.first(where: { $0.type == wantedType }) {
            guard section.entrySize == 24, let found = file.range(of: section, in: bytes),
                Int(section.link) < file.sections.count,
                let foundStrings = file.range(of: file.sections[Int(section.link)], in: bytes)
            else { return }
            entries = found
            strings = foundStrings
        } else if source == .dynamic, let dynamic = file.dynamicSymbols(in: bytes, bias: bias) {
            entries = dynamic.symbols
            strings = dynamic.strings
        }
        let places = file.sections.map { section in
            SectionPlace(
                isExecutable: section.isExecutable,
                end: section.address.addingReportingOverflow(section.size).partialValue)
        }
        let candidates = Self.candidates(bytes, entries: entries, sections: places, keepsUnsized: source == .full)
        choose(candidates, sections: places, bytes)
        nest()
    }

    private struct SectionPlace {
        var isExecutable: Bool
        var end: UInt64
    }

    /// A symbol with what the choice between several at one address needs.
    private struct Candidate: BitwiseCopyable {
        var symbol: Symbol
        var section: UInt16
        /// 0 for global, 1 for weak, 2 for local.
        var binding: UInt8
        /// Perhaps a label inside of a function.
        var isUntyped: Bool
    }

    private static func candidates(
        _ bytes: RawSpan, entries: Range<Int>, sections: [SectionPlace], keepsUnsized: Bool
    ) -> PageArray<Candidate> {
        var candidates = PageArray<Candidate>()
        candidates.reserveCapacity(min(entries.count / 24, 1 << 16))
        for entry in stride(from: entries.lowerBound, through: entries.upperBound - 24, by: 24) {
            guard
                let name = bytes.load(UInt32.self, at: entry), name != 0,
                let info = bytes.load(UInt8.self, at: entry + 4),
                let section = bytes.load(UInt16.self, at: entry + 6), section != 0,
                let address = bytes.load(UInt64.self, at: entry + 8),
                let size = bytes.load(UInt64.self, at: entry + 16)
            else { continue }
            switch info & 0xF {
            case 2, 10:
                // Indices from 0xFF00 on are no sections; of these an absolute symbol is no code.
                guard section < 0xFF00 || section == 0xFFFF, size > 0 || keepsUnsized else { continue }
            case 0:
                guard size > 0 || keepsUnsized && info >> 4 != 0, Int(section) < sections.count,
                    sections[Int(section)].isExecutable
                else { continue }
            default: continue
            }
            let binding: UInt8 =
                switch info >> 4 {
                case 0: 2
                case 2: 1
                default: 0
                }
            candidates.append(
                Candidate(
                    symbol: Symbol(address: address, size: UInt32(clamping: size), name: name), section: section,
                    binding: binding, isUntyped: info & 0xF == 0))
        }
        return candidates
    }

    private mutating func choose(_ unsorted: PageArray<Candidate>, sections: [SectionPlace], _ bytes: RawSpan) {
        // Ties are ordered by table position, so that the sort is stable in effect.
        var order = PageArray(0..<UInt32(clamping: unsorted.count))
        order.sort {
            let (left, right) = (unsorted[Int($0)].symbol.address, unsorted[Int($1)].symbol.address)
            return left != right ? left < right : $0 < $1
        }
        symbols.reserveCapacity(order.count)
        var nameBytes = Self.mostNameBytes(strings)
        var index = 0
        // Where the functions end that have begun and have a size.
        var covered: UInt64 = 0
        while index < order.count {
            var best = unsorted[Int(order[index])]
            index += 1
            while index < order.count, unsorted[Int(order[index])].symbol.address == best.symbol.address {
                let other = unsorted[Int(order[index])]
                if nameBytes > 0, isBetter(other, than: best, bytes, &nameBytes) { best = other }
                index += 1
            }
            let address = best.symbol.address
            if best.symbol.size == 0 {
                if best.isUntyped, address < covered { continue }
                let next = index < order.count ? unsorted[Int(order[index])].symbol.address : UInt64.max
                let section = Int(best.section)
                let end = section < sections.count ? sections[section].end : address
                let limit = min(next, end, address < covered ? covered : .max)
                guard limit > address else { continue }
                best.symbol.size = UInt32(clamping: limit - address)
            } else {
                covered = max(covered, address.addingReportingOverflow(UInt64(best.symbol.size)).partialValue)
            }
            symbols.append(best.symbol)
        }
    }

    private func isBetter(
        _ candidate: Candidate, than other: Candidate, _ bytes: RawSpan, _ nameBytes: inout Int
    ) -> Bool {
        if (candidate.symbol.size == 0) != (other.symbol.size == 0) { return candidate.symbol.size != 0 }
        if candidate.isUntyped != other.isUntyped { return other.isUntyped }
        let (name, otherName) = (nameRange(candidate.symbol.name, in: bytes), nameRange(other.symbol.name, in: bytes))
        nameBytes -= (name?.count ?? Self.longestName) + (otherName?.count ?? Self.longestName)
        guard let name else { return false }
        guard let otherName else { return true }
        let underscores = leadingUnderscores(bytes, name)
        let otherUnderscores = leadingUnderscores(bytes, otherName)
        if underscores != otherUnderscores { return underscores < otherUnderscores }
        if candidate.binding != other.binding { return candidate.binding < other.binding }
        if name.count != otherName.count { return name.count < otherName.count }
        for (left, right) in zip(name, otherName) {
            let (a, b) = (bytes.load(UInt8.self, at: left) ?? 0, bytes.load(UInt8.self, at: right) ?? 0)
            if a != b { return a < b }
        }
        return false
    }

    private func leadingUnderscores(_ bytes: RawSpan, _ name: Range<Int>) -> Int {
        name.prefix { bytes.load(UInt8.self, at: $0) == UInt8(ascii: "_") }.count
    }

    /// Notes for each symbol which one it lies in, for the address behind it that belongs to the outer again.
    private mutating func nest() {
        var open: [UInt32] = []
        var found: [UInt32] = []
        for (index, symbol) in symbols.enumerated() {
            while let last = open.last, !symbols[Int(last)].contains(symbol.address) { open.removeLast() }
            if let last = open.last {
                if found.isEmpty { found = Array(repeating: Self.noSymbol, count: symbols.count) }
                found[index] = last
            }
            open.append(UInt32(index))
        }
        enclosing = found
    }
}
