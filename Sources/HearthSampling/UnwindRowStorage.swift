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

    var identity: UInt { unsafe UInt(bitPattern: rows) }
    var byteCount: Int { rowCount * 8 + (pageCount + 1) * 4 }

    init?(_ table: UnwindTable) {
        guard let last = table.rows.last else { return nil }
        base = table.base
        rowCount = table.rows.count
        unsafe rows = .allocate(capacity: rowCount)
        for (index, row) in table.rows.enumerated() {
            unsafe rows[index] = hearth_unwind_row(address: row.address, rule: row.rule)
        }
        pageCount = Int(last.address >> UInt32(hearth_page_shift)) + 1
        unsafe pages = .allocate(capacity: pageCount + 1)
        var row = 0
        for page in 0...pageCount {
            while row < rowCount, Int(table.rows[row].address) < page << hearth_page_shift { row += 1 }
            unsafe pages[page] = UInt32(row)
        }
    }

    func deallocate() {
        unsafe rows.deallocate()
        unsafe pages.deallocate()
    }
}
