internal import CHearthSampler
internal import HearthObjectFiles

/// Unwind rows of one file where the handler reads them: memory of our own, never moved, freed by hand when no handler
/// can still be reading it.
@safe
struct UnwindRowStorage {
    /// Link-time address that the rows count from.
    let base: UInt64
    let rows: UnsafeMutablePointer<hearth_unwind_row>
    let rowCount: Int
    /// For each page of `hearth_page_shift` bits, and one past the last, the number of rows below it.
    let pages: UnsafeMutablePointer<UInt32>
    let pageCount: Int
    /// Where rbx is saved; see ``UnwindTable``.
    let baseRows: UnsafeMutablePointer<hearth_unwind_row>?
    let baseRowCount: Int

    var identity: UInt { unsafe UInt(bitPattern: rows) }
    var byteCount: Int { (rowCount + baseRowCount) * 8 + (pageCount + 1) * 4 }

    init?(_ table: UnwindTable) {
        guard let last = table.rows.last else { return nil }
        base = table.base
        rowCount = table.rows.count
        unsafe rows = Self.copy(table.rows)
        baseRowCount = table.baseRegisterRows.count
        unsafe baseRows = baseRowCount == 0 ? nil : Self.copy(table.baseRegisterRows)
        pageCount = Int(last.address >> UInt32(hearth_page_shift)) + 1
        unsafe pages = .allocate(capacity: pageCount + 1)
        var row = 0
        for page in 0...pageCount {
            while row < rowCount, Int(table.rows[row].address) < page << hearth_page_shift { row += 1 }
            unsafe pages[page] = UInt32(row)
        }
    }

    private static func copy(_ rows: [UnwindRow]) -> UnsafeMutablePointer<hearth_unwind_row> {
        let copies = UnsafeMutablePointer<hearth_unwind_row>.allocate(capacity: rows.count)
        for (index, row) in rows.enumerated() {
            unsafe copies[index] = hearth_unwind_row(address: row.address, rule: row.rule)
        }
        return unsafe copies
    }

    func deallocate() {
        unsafe rows.deallocate()
        unsafe baseRows?.deallocate()
        unsafe pages.deallocate()
    }
}
