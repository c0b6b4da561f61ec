/// For every address of an image how its caller is found, sorted by address; made from `.eh_frame`.
///
/// Neighbours never have equal rules, and a row of kind `none` marks where a function ends that has no other right
/// behind it.
public struct UnwindTable: Sendable {
    /// Link-time address that the rows count from.
    public var base: UInt64
    public var rows: PageArray<UnwindRow>
    /// The same rows with the place where rbx was saved instead of rbp. Only for a file in which a frame is found by rbx,
    /// that is the loader; empty for all others.
    public var baseRegisterRows: PageArray<UnwindRow> = []
    /// Entries of the section that could not be used: cut off, in an unknown encoding, or over 4 GiB away.
    public var skippedEntries: Int

    public init(base: UInt64, rows: PageArray<UnwindRow>, skippedEntries: Int = 0) {
        self.base = base
        self.rows = rows
        self.skippedEntries = skippedEntries
    }

    /// The row that holds at a link-time address; nil where there is none. O(log rows).
    public func row(at address: UInt64) -> UnwindRow? {
        guard address >= base, address - base <= UInt64(UInt32.max) else { return nil }
        let wanted = UInt32(address - base)
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].address <= wanted { low = middle + 1 } else { high = middle }
        }
        guard low > 0, rows[low - 1].kind != .none else { return nil }
        return rows[low - 1]
    }
}
