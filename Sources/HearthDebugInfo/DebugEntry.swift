internal import CElfutils

/// An entry of the debug information (a DIE): a unit, a function, a block, a type. Not to be used after its file is closed.
@safe struct DebugEntry {
    private var die: Dwarf_Die

    init(_ die: Dwarf_Die) { unsafe self.die = unsafe die }

    // MARK: Tree

    /// `DW_TAG_…`.
    var tag: Int {
        mutating get { Int(unsafe dwarf_tag(&die)) }
    }

    mutating func firstChild() -> DebugEntry? {
        guard unsafe dwarf_haschildren(&die) == 1 else { return nil }
        var child = unsafe Dwarf_Die()
        return unsafe dwarf_child(&die, &child) == 0 ? DebugEntry(child) : nil
    }

    /// Moves on to the next entry of the same parent; false at the last.
    mutating func advance() -> Bool {
        var next = unsafe Dwarf_Die()
        guard unsafe dwarf_siblingof(&die, &next) == 0 else { return false }
        unsafe die = unsafe next
        return true
    }

    /// In its section.
    var byteOffset: UInt64 {
        mutating get { unsafe dwarf_dieoffset(&die) }
    }

    /// Tells the entry from every other, in this file and in the one that it shares.
    var identity: UInt { unsafe UInt(bitPattern: die.addr) }

    // MARK: Addresses

    /// Calls `body` for each address range. Code that the linker dropped starts at 0 and is left out. Returns how many ranges
    /// there were.
    @discardableResult
    mutating func visitRanges(_ body: (Range<UInt64>) -> Void) -> Int {
        var base: Dwarf_Addr = 0
        var start: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        var offset = 0
        var count = 0
        while true {
            offset = unsafe dwarf_ranges(&die, offset, &base, &start, &end)
            guard offset > 0 else { return count }
            count += 1
            if start > 0, start < end { body(start..<end) }
        }
    }

    // MARK: Attributes, nil where the entry lacks one or has it in another form

    mutating func number(_ attribute: Int) -> UInt64? {
        var found = unsafe Dwarf_Attribute()
        var number: Dwarf_Word = 0
        guard unsafe dwarf_attr(&die, UInt32(attribute), &found) != nil, unsafe dwarf_formudata(&found, &number) == 0
        else { return nil }
        return number
    }

    mutating func text(_ attribute: Int) -> String? {
        var found = unsafe Dwarf_Attribute()
        guard unsafe dwarf_attr(&die, UInt32(attribute), &found) != nil, let text = unsafe dwarf_formstring(&found)
        else { return nil }
        return unsafe String(cString: text)
    }

    /// The same, looked for also where the entry was declared or made abstract.
    mutating func inheritedText(_ attribute: Int) -> String? {
        var found = unsafe Dwarf_Attribute()
        guard unsafe dwarf_attr_integrate(&die, UInt32(attribute), &found) != nil,
            let text = unsafe dwarf_formstring(&found)
        else { return nil }
        return unsafe String(cString: text)
    }

    mutating func reference(_ attribute: Int) -> DebugEntry? {
        var found = unsafe Dwarf_Attribute()
        var target = unsafe Dwarf_Die()
        guard unsafe dwarf_attr(&die, UInt32(attribute), &found) != nil,
            unsafe dwarf_formref_die(&found, &target) != nil
        else { return nil }
        return unsafe DebugEntry(target)
    }

    // MARK: Lines, of a unit

    /// libdw's line table and list of files, which live as long as the file is open.
    mutating func lineTable() -> (lines: OpaquePointer, count: Int)? {
        var lines: OpaquePointer?
        var count = 0
        guard unsafe dwarf_getsrclines(&die, &lines, &count) == 0, let lines = unsafe lines else { return nil }
        return unsafe (lines, count)
    }

    mutating func files() -> OpaquePointer? {
        var files: OpaquePointer?
        var count = 0
        return unsafe dwarf_getsrcfiles(&die, &files, &count) == 0 ? files : nil
    }
}
