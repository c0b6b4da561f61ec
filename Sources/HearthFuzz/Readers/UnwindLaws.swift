internal import HearthObjectFiles

/// What must hold of rows, wherever they are from.
enum UnwindLaws {
    /// - Parameter sourceSize: bytes that the rows were made of: each is said by one byte at least.
    static func check(_ table: UnwindTable, sourceSize: Int) throws(BrokenLaw) {
        for rows in [table.rows, table.baseRegisterRows] {
            try hold(rows.count <= sourceSize, "\(rows.count) rows of \(sourceSize) bytes")
            for (row, next) in zip(rows, rows.dropFirst()) {
                try hold(row.address < next.address, "rows are in order, each address once")
                try hold(row.rule != next.rule, "neighbours differ")
            }
        }
        for row in table.rows.prefix(64) {
            let found = table.row(at: table.base &+ UInt64(row.address))
            // The last 4 GiB have no addresses behind them.
            let isReached = table.base.addingReportingOverflow(UInt64(row.address)).overflow == false
            try hold(!isReached || found == (row.kind == .none ? nil : row), "a row is found at its address")
            try check(row)
        }
    }

    private static func check(_ row: UnwindRow) throws(BrokenLaw) {
        if let saved = row.savedFramePointer {
            try hold(saved > 0 && saved.isMultiple(of: 8), "a frame pointer is saved in a word of the stack")
        }
        _ = row.savedFramePointerFromFramePointer
        _ = row.special
        _ = row.offset
    }
}

extension FuzzedReader {
    /// Eight bytes of address, then a section.
    func checkUnwindInformation(_ input: [UInt8]) throws(BrokenLaw) {
        let address = input.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let section = Array(input.dropFirst(8))
        let table = UnwindTable(ehFrame: unsafe section.span.bytes, address: address)
        try hold(table.skippedEntries <= section.count / 4, "an entry takes four bytes at least")
        try UnwindLaws.check(table, sourceSize: section.count)
    }

    /// A function's machine code.
    func checkCode(_ input: [UInt8]) throws(BrokenLaw) {
        let code = unsafe input.span.bytes
        var reader = PrologueReader()
        guard let rows = reader.rows(ofFunction: code) else { return }
        try hold(rows.first?.address == 0, "rows begin where the function does")
        try hold(rows.allSatisfy { Int($0.address) < code.byteCount }, "rows lie in the function")
        try UnwindLaws.check(UnwindTable(base: 0, rows: PageArray(rows)), sourceSize: code.byteCount)
        for row in rows.prefix(64) {
            let length = reader.instructionLength(code, at: Int(row.address))
            try hold(length.map { 1...15 ~= $0 } ?? false, "a row begins with an instruction")
        }
        try hold(reader.rows(ofFunction: code) == rows, "a reader that is used again reads the same")
    }
}
