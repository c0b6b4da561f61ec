internal import HearthObjectFiles

/// Everything that Hearth reads of an object file, and what must hold of it.
struct ObjectFileCheck {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// As a file, and as if a loader had mapped it.
    func run() throws(BrokenLaw) {
        for layout in [ELFFile.Layout.file, .memory] {
            let span = unsafe bytes.span.bytes
            let file: ELFFile
            do throws(ObjectFileError) {
                file = try ELFFile(span, layout: layout)
            } catch {
                try hold(0...span.byteCount ~= error.byte, "an error names a byte of the file: \(error)")
                continue
            }
            try checkIdentity(file, span)
            try checkSymbols(SymbolTable(file, in: span, source: .full), span)
            try checkSymbols(SymbolTable(file, in: span, source: .dynamic), span)
            try checkSymbols(SymbolTable(linkageStubsOf: file, in: span), span)
            try check(AsyncFunctions(file, in: span))
            try checkRows(file, span)
        }
    }

    private func checkIdentity(_ file: ELFFile, _ span: RawSpan) throws(BrokenLaw) {
        if let identity = file.buildID(in: span) {
            let isHexadecimal = identity.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
            try hold(isHexadecimal && 2...128 ~= identity.utf8.count, "a build-id is hexadecimal: \(identity)")
        }
        if let link = file.debugLink(in: span) {
            let name = link.fileName
            try hold(!name.isEmpty && !name.contains("/") && name != "..", "a debug link names no folder: \(name)")
        }
    }

    private func checkSymbols(_ table: SymbolTable, _ span: RawSpan) throws(BrokenLaw) {
        try hold(table.symbols.count <= span.byteCount / 8, "symbols take room in the file")
        var previous: UInt64?
        for (index, symbol) in table.symbols.enumerated() {
            try hold(symbol.size > 0, "a symbol has a size")
            try hold(previous.map { $0 < symbol.address } ?? true, "symbols are in order, each address once")
            previous = symbol.address
            let last = symbol.address.addingReportingOverflow(UInt64(symbol.size) - 1).partialValue
            for address in [symbol.address, last, last &+ 1, symbol.address &- 1] {
                guard let found = table.symbol(at: address) else { continue }
                try hold(address &- found.address < UInt64(found.size), "no symbol is found beyond its size")
            }
            try hold(table.index(at: symbol.address) == index, "a symbol is found at its address")
            // The names of a few: a small file can have one long name for each of its symbols.
            if index < 64 { _ = table.name(of: symbol, in: span) }
        }
    }

    private func check(_ functions: AsyncFunctions) throws(BrokenLaw) {
        for (range, next) in zip(functions.ranges, functions.ranges.dropFirst()) {
            try hold(range.start < next.start, "async functions are in order")
            try hold(range.length <= next.start - range.start, "async functions do not overlap")
        }
        for range in functions.ranges.prefix(64) {
            let found = functions.range(at: functions.base &+ UInt64(range.start))
            try hold(range.length == 0 || found == range, "an async function is found at its address")
        }
    }

    private func checkRows(_ file: ELFFile, _ span: RawSpan) throws(BrokenLaw) {
        if let frames = file.callFrames(in: span) {
            try hold(0...span.byteCount ~= frames.range.upperBound, "call frame information lies in the file")
        }
        var table = UnwindTable(file, in: span)
        try UnwindLaws.check(table, sourceSize: span.byteCount)
        let reading = table.addRowsFromCode(of: file, in: span)
        try hold(reading.read <= reading.functions, "no more functions are read than there are")
        try UnwindLaws.check(table, sourceSize: 2 * span.byteCount)
    }
}
