extension UnwindTable {
    /// How many functions without an entry in `.eh_frame` were met, and how many of them have rows now.
    public struct CodeReading: Hashable, Sendable {
        public var functions = 0
        public var read = 0
    }

    /// Adds rows for the functions that compilers wrote no entry for, by reading their code: those that a symbol with a size
    /// names. Of a function that cannot be followed nothing is added.
    ///
    /// O(symbols · log rows + code of those functions). Never fails: what cannot be read is left out.
    @discardableResult
    public mutating func addRowsFromCode(of file: ELFFile, in bytes: RawSpan) -> CodeReading {
        var count = CodeReading()
        guard file.machine == ProcessorRegisters.machine else { return count }
        let functions = functionsWithoutRows(file, bytes)
        guard let first = functions.first else { return count }
        let newBase = rows.isEmpty ? first.address : min(base, first.address)
        let shift = rows.isEmpty ? 0 : base &- newBase
        // What is more than 4 GiB away has no row.
        let last = UInt64(rows.last?.address ?? 0)
        guard shift <= UInt64(UInt32.max), last + shift <= UInt64(UInt32.max) else { return count }
        merge(functions, newBase: newBase, shift: UInt32(shift), bytes, &count)
        return count
    }

    private struct Function {
        var address: UInt64
        var code: Range<Int>
        var end: UInt64 { address &+ UInt64(code.count) }
    }

    private mutating func merge(
        _ functions: [Function], newBase: UInt64, shift: UInt32, _ bytes: RawSpan, _ count: inout CodeReading
    ) {
        var merged = PageArray<UnwindRow>()
        merged.reserveCapacity(rows.count + functions.count * 3)
        var reader = PrologueReader()
        var old = 0
        func append(_ address: UInt32, _ rule: UInt32) {
            if let last = merged.last {
                if last.address == address { merged.removeLast() }
                if let last = merged.last, last.rule == rule { return }
            }
            merged.append(UnwindRow(address: address, rule: rule))
        }
        func appendOld(upTo limit: UInt64) {
            let first = old
            while old < rows.count, UInt64(rows[old].address &+ shift) <= limit { old += 1 }
            guard first < old else { return }
            // The first takes the place of the end of a function read just before; the others stay as they are.
            append(rows[first].address &+ shift, rows[first].rule)
            for row in rows[first + 1..<old] {
                merged.append(UnwindRow(address: row.address &+ shift, rule: row.rule))
            }
        }
        for function in functions {
            count.functions += 1
            let (start, end) = (function.address &- newBase, function.end &- newBase)
            guard start < end, end <= UInt64(UInt32.max), reader.read(bytes.extracting(function.code)) else { continue }
            count.read += 1
            appendOld(upTo: start)
            // Nobody runs what fills up to an aligned address: the last rule may hold there.
            if let last = merged.last, last.rule == UnwindRow.Kind.none.rawValue, function.address & 15 == 0,
                merged.count > 1, UInt64(last.address) < start, start - UInt64(last.address) < 16,
                isPadding(bytes, before: function.code.lowerBound, count: Int(start - UInt64(last.address)))
            {
                merged.removeLast()
            }
            for row in reader.rows { append(UInt32(start) &+ row.address, row.rule) }
            append(UInt32(end), UnwindRow.Kind.none.rawValue)
        }
        appendOld(upTo: .max)
        base = newBase
        rows = merged
        for index in baseRegisterRows.indices { baseRegisterRows[index].address &+= shift }
    }

    private func isPadding(_ bytes: RawSpan, before end: Int, count: Int) -> Bool {
        var position = end - count
        let decoder = PrologueReader.paddingDecoder
        while position < end {
            guard let instruction = decoder.next(bytes, &position), instruction.isPadding else { return false }
        }
        return position == end
    }

    /// By address; none overlaps another or a row.
    private func functionsWithoutRows(_ file: ELFFile, _ bytes: RawSpan) -> [Function] {
        guard
            let section = file.sections.first(where: { $0.type == 2 }) ?? file.sections.first(where: { $0.type == 11 }),
            section.entrySize == 24, let entries = file.range(of: section, in: bytes),
            Int(section.link) < file.sections.count,
            let strings = file.range(of: file.sections[Int(section.link)], in: bytes)
        else { return [] }
        let codes = file.sections.map { section in
            (
                address: section.address,
                range: section.isExecutable ? file.range(of: section, in: bytes) ?? 0..<0 : 0..<0
            )
        }
        var nameBytes = SymbolTable.mostNameBytes(strings)
        var gaps = Gaps(self)
        var found: [Function] = []
        for entry in stride(from: entries.lowerBound, through: entries.upperBound - 24, by: 24) {
            guard let info = bytes.load(UInt8.self, at: entry + 4), info & 0xF == 2 || info & 0xF == 10,
                let index = bytes.load(UInt16.self, at: entry + 6), Int(index) < codes.count,
                let address = bytes.load(UInt64.self, at: entry + 8),
                let size = bytes.load(UInt64.self, at: entry + 16), size > 0, size <= UInt64(PrologueReader.largest)
            else { continue }
            let (sectionAddress, code) = codes[Int(index)]
            let offset = address &- sectionAddress
            guard offset <= UInt64(code.count), size <= UInt64(code.count) - offset, gaps.contain(address, size),
                let name = bytes.load(UInt32.self, at: entry), !isPart(name, strings, bytes, &nameBytes)
            else { continue }
            let start = code.lowerBound + Int(offset)
            found.append(Function(address: address, code: start..<start + Int(size)))
        }
        found.sort { ($0.address, $0.code.count) < ($1.address, $1.code.count) }
        return withoutOverlaps(found)
    }

    /// GCC moves what seldom runs into functions of its own, that begin in the midst of others' frames.
    private func isPart(_ name: UInt32, _ strings: Range<Int>, _ bytes: RawSpan, _ nameBytes: inout Int) -> Bool {
        let start = strings.lowerBound + Int(name)
        // No name of Swift's has this.
        guard nameBytes > 0, bytes.load(UInt8.self, at: start) != UInt8(ascii: "$") else { return false }
        let limit = min(strings.upperBound, start + SymbolTable.longestName)
        let end = bytes.endOfText(at: start, before: limit) ?? start
        nameBytes -= end > start ? end - start : SymbolTable.longestName
        guard end - start >= 5 else { return false }
        for position in start...end - 5
        where bytes.load(UInt32.self, at: position) == 0x6C6F_632E && bytes.load(UInt8.self, at: position + 4) == 0x64 {
            return true
        }
        return false
    }

    /// Aliases are one function; of those that overlap otherwise none is believed.
    private func withoutOverlaps(_ sorted: [Function]) -> [Function] {
        var kept: [Function] = []
        var end: UInt64 = 0
        var isDoubtful = false
        for function in sorted {
            if let last = kept.last, function.address == last.address, function.end == last.end { continue }
            if function.address < end {
                if !isDoubtful { kept.removeLast() }
                isDoubtful = true
                end = max(end, function.end)
                continue
            }
            isDoubtful = false
            kept.append(function)
            end = function.end
        }
        return kept
    }

    /// Where a table has no rows.
    private struct Gaps {
        private var starts: PageArray<UInt64> = [0]
        private var ends = PageArray<UInt64>()
        private var last = 0

        init(_ table: UnwindTable) {
            for (index, row) in table.rows.enumerated() {
                let address = table.base &+ UInt64(row.address)
                if index == 0 { ends.append(address) }
                guard row.kind == .none else { continue }
                starts.append(address)
                ends.append(
                    index + 1 < table.rows.count ? table.base &+ UInt64(table.rows[index + 1].address) : UInt64.max)
            }
            if ends.count < starts.count { ends.append(.max) }
        }

        /// Fast for addresses that rise, as those of a file's symbols mostly do.
        mutating func contain(_ address: UInt64, _ size: UInt64) -> Bool {
            if !isLast(last, below: address) {
                if last + 1 < starts.count, isLast(last + 1, below: address) { last += 1 } else { search(address) }
            }
            return address >= starts[last] && address < ends[last] && size <= ends[last] - address
        }

        private func isLast(_ index: Int, below address: UInt64) -> Bool {
            starts[index] <= address && (index + 1 == starts.count || address < starts[index + 1])
        }

        private mutating func search(_ address: UInt64) {
            var low = 0
            var high = starts.count
            while low < high {
                let middle = (low + high) / 2
                if starts[middle] <= address { low = middle + 1 } else { high = middle }
            }
            last = max(low - 1, 0)
        }
    }
}
