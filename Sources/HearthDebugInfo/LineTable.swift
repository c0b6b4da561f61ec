internal import CElfutils
internal import HearthSymbols

/// The line table of one unit, and the files that it names.
@safe struct LineTable {
    private let lines: OpaquePointer?
    private let count: Int
    private let files: OpaquePointer?
    private let folder: String
    /// By the address of libdw's own text.
    private var known: [UInt: UInt32] = [:]

    init(_ unit: DebugEntry) {
        var unit = unit
        let table = unsafe unit.lineTable()
        unsafe lines = table?.lines
        count = unsafe table?.count ?? 0
        unsafe files = unit.files()
        folder = unit.text(DW_AT_comp_dir) ?? ""
    }

    /// The row in force at an address: the last one at or before it, unless that ends a sequence. O(log rows).
    mutating func place(of address: UInt64, in result: inout SourceFrames) -> (file: UInt32, line: UInt32) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self.address(middle) <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0, let row = unsafe dwarf_onesrcline(lines, low - 1) else { return (0, 0) }
        var isEnd = false
        var line: Int32 = 0
        guard unsafe dwarf_lineendsequence(row, &isEnd) == 0, !isEnd, unsafe dwarf_lineno(row, &line) == 0 else {
            return (0, 0)
        }
        return unsafe (intern(dwarf_linesrc(row, nil, nil), in: &result), UInt32(clamping: line))
    }

    /// The file with this number, as call sites name it.
    mutating func file(_ number: Int, in result: inout SourceFrames) -> UInt32 {
        guard let files = unsafe files else { return 0 }
        return unsafe intern(dwarf_filesrc(files, number, nil, nil), in: &result)
    }

    private func address(_ index: Int) -> UInt64 {
        var address: Dwarf_Addr = 0
        guard let row = unsafe dwarf_onesrcline(lines, index), unsafe dwarf_lineaddr(row, &address) == 0 else {
            return .max
        }
        return address
    }

    private mutating func intern(_ text: UnsafePointer<CChar>?, in result: inout SourceFrames) -> UInt32 {
        guard let text = unsafe text else { return 0 }
        let key = UInt(bitPattern: text)
        if let name = known[key] { return name }
        let path = unsafe String(cString: text)
        // What the Swift compiler made up has no source.
        let isMadeUp = path.hasSuffix("<compiler-generated>") || path == "???"
        // libdw puts the unit's folder before a name without one, and leaves a relative folder as it is.
        let isWhole = path.hasPrefix("/") || folder.isEmpty || path.hasPrefix("\(folder)/")
        let name = isMadeUp ? 0 : result.intern(isWhole ? path : "\(folder)/\(path)")
        known[key] = name
        return name
    }
}
