internal import CElfutils

/// An ELF file opened by libdw, from bytes that must outlive it and may be written to: libelf unpacks sections in place.
@safe struct DWARFFile: ~Copyable {
    private let elf: OpaquePointer
    private let dwarf: OpaquePointer

    /// Real files unpack to some hundred megabytes; a bomb says terabytes.
    private static let largestSection: UInt64 = 4 << 30

    @unsafe init(_ bytes: UnsafeMutableRawBufferPointer) throws(DebugInfoError) {
        elf_version(UInt32(EV_CURRENT))
        let opened = unsafe bytes.baseAddress.flatMap { start in
            unsafe elf_memory(start.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard let elf = unsafe opened else {
            throw DebugInfoError(.unreadable(unsafe Self.message(elf_errmsg(-1))))
        }
        do throws(DebugInfoError) { try unsafe Self.checkSizes(elf) } catch {
            unsafe elf_end(elf)
            throw error
        }
        guard let dwarf = unsafe dwarf_begin_elf(elf, DWARF_C_READ, nil) else {
            let error = DebugInfoError(.unreadable(unsafe Self.message(dwarf_errmsg(-1))))
            unsafe elf_end(elf)
            throw error
        }
        unsafe self.elf = elf
        unsafe self.dwarf = dwarf
    }

    deinit {
        unsafe dwarf_end(dwarf)
        unsafe elf_end(elf)
    }

    // MARK: Units

    /// The units that hold some of the ascending `addresses`, each with the indexes of its addresses, ascending. An address
    /// that two units claim is the first one's. O(units + their ranges · log addresses).
    func units(holding addresses: [UInt64]) -> [(unit: DebugEntry, indexes: [Int])] {
        var owners = Array(repeating: -1, count: addresses.count)
        var found: [DebugEntry] = []
        var unit: OpaquePointer?
        var version: Dwarf_Half = 0
        var type: UInt8 = 0
        while true {
            var die = unsafe Dwarf_Die()
            let previous = unsafe unit
            guard unsafe dwarf_get_units(dwarf, previous, &unit, &version, &type, &die, nil) == 0 else { break }
            var entry = unsafe DebugEntry(die)
            var owns = false
            entry.visitRanges { range in
                var index = addresses.firstIndex(notBefore: range.lowerBound)
                while index < addresses.count, addresses[index] < range.upperBound {
                    if owners[index] < 0 {
                        owners[index] = found.count
                        owns = true
                    }
                    index += 1
                }
            }
            if owns { found.append(entry) }
        }
        var indexes: [[Int]] = Array(repeating: [], count: found.count)
        for (index, owner) in owners.enumerated() where owner >= 0 { indexes[owner].append(index) }
        return zip(found, indexes).map { ($0, $1) }
    }

    // MARK: The file that others share

    struct SupplementLink {
        var name: String
        var buildID: String
    }

    var supplementLink: SupplementLink? {
        var name: UnsafePointer<CChar>?
        var buildID: UnsafeRawPointer?
        let size = unsafe dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &buildID)
        guard size > 0, let name = unsafe name, let buildID = unsafe buildID else { return nil }
        let digits = unsafe UnsafeRawBufferPointer(start: buildID, count: size).map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count < 2 ? "0" + text : text
        }
        return SupplementLink(name: unsafe String(cString: name), buildID: digits.joined())
    }

    /// Entries of `supplement` are found by the forms that point there. It must outlive every read.
    func use(supplement: borrowing DWARFFile) { unsafe dwarf_setalt(dwarf, supplement.dwarf) }

    // MARK: Checks

    private static func checkSizes(_ elf: OpaquePointer) throws(DebugInfoError) {
        var section: OpaquePointer?
        while true {
            unsafe section = elf_nextscn(elf, section)
            guard let current = unsafe section else { return }
            guard let header = unsafe elf64_getshdr(current), let chunk = unsafe elf64_getchdr(current),
                unsafe chunk.pointee.ch_size > largestSection
            else { continue }
            throw unsafe DebugInfoError(
                .tooLarge(section: "\(elf_ndxscn(current))", bytes: chunk.pointee.ch_size),
                byte: header.pointee.sh_offset)
        }
    }

    private static func message(_ text: UnsafePointer<CChar>?) -> String {
        unsafe text.map { unsafe String(cString: $0) } ?? "no reason given"
    }
}

extension [UInt64] {
    /// The first index whose address is `address` or more, of ascending ones. O(log n).
    func firstIndex(notBefore address: UInt64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < address { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
