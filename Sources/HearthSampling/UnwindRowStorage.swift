internal import CHearthSampler
internal import HearthObjectFiles

/// Unwind rows of one file where the handler reads them: pages that never move, given back by hand when no handler can
/// still be reading them.
@safe
struct UnwindRowStorage {
    /// Link-time address that the rows count from.
    let base: UInt64
    let rows: UnsafePointer<hearth_unwind_row>
    let rowCount: Int
    /// For each page of `hearth_page_shift` bits, and one past the last, the number of rows below it.
    let pages: UnsafePointer<UInt32>
    let pageCount: Int
    /// Where rbx is saved; see ``UnwindTable``.
    let baseRows: UnsafePointer<hearth_unwind_row>?
    let baseRowCount: Int
    private let owner: Unmanaged<Owner>

    private final class Owner {
        let table: UnwindTable
        let pages: PageArray<UInt32>

        init(_ table: UnwindTable, _ pages: PageArray<UInt32>) { (self.table, self.pages) = (table, pages) }
    }

    var identity: UInt { unsafe UInt(bitPattern: rows) }
    var byteCount: Int { (rowCount + baseRowCount) * 8 + (pageCount + 1) * 4 }

    /// The table's own rows, not a copy of them. Nil when it has none.
    init?(_ table: UnwindTable) {
        guard let last = table.rows.last, let rows = unsafe Self.pointer(table.rows) else { return nil }
        base = table.base
        unsafe self.rows = rows
        rowCount = table.rows.count
        unsafe baseRows = Self.pointer(table.baseRegisterRows)
        baseRowCount = table.baseRegisterRows.count
        pageCount = Int(last.address >> UInt32(hearth_page_shift)) + 1
        var pages = PageArray<UInt32>()
        pages.reserveCapacity(pageCount + 1)
        var row = 0
        for page in 0...pageCount {
            while row < rowCount, Int(unsafe rows[row].address) < page << hearth_page_shift { row += 1 }
            pages.append(UInt32(row))
        }
        guard let start = unsafe pages.start else { return nil }
        unsafe self.pages = UnsafePointer(start)
        unsafe owner = .passRetained(Owner(table, pages))
    }

    /// Both are an address and a rule of 32 bits each.
    private static func pointer(_ rows: PageArray<UnwindRow>) -> UnsafePointer<hearth_unwind_row>? {
        unsafe rows.start.map { unsafe UnsafeRawPointer($0).assumingMemoryBound(to: hearth_unwind_row.self) }
    }

    func deallocate() { unsafe owner.release() }
}
