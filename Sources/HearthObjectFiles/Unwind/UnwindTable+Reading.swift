extension UnwindTable {
    /// Reads an `.eh_frame` section up to its terminator or its end.
    ///
    /// O(size), and O(n log n) for n functions that are not in order. Never fails: what cannot be read is left out and
    /// counted. Where functions overlap, the one that starts later holds from its start on; at one start the shorter.
    ///
    /// - Parameter address: the link-time address of the first byte.
    public init(ehFrame bytes: RawSpan, address: UInt64) {
        let entries = CallFrameEntries(bytes, sectionAddress: address)
        var skipped = entries.skipped
        let base = entries.functions.first?.start ?? 0
        let rows = Self.rows(bytes, address, entries, base, tracking: ProcessorRegisters.framePointer, &skipped)
        self.init(base: base, rows: rows, skippedEntries: skipped)
        let isFoundByBase = rows.contains { row in
            if case .otherRegister(UInt8(ProcessorRegisters.base), _)? = row.special { true } else { false }
        }
        if isFoundByBase {
            baseRegisterRows = Self.rows(bytes, address, entries, base, tracking: ProcessorRegisters.base, &skipped)
        }
    }

    private static func rows(
        _ bytes: RawSpan, _ address: UInt64, _ entries: CallFrameEntries, _ base: UInt64, tracking register: UInt64,
        _ skipped: inout Int
    ) -> PageArray<UnwindRow> {
        let functions = entries.functions
        var interpreter = CallFrameInterpreter(trackedRegister: register)
        var skippedHere = 0
        interpreter.reserve(functions.count * 4)
        for (index, function) in functions.enumerated() {
            let start = function.start &- base
            let end = start &+ UInt64(function.length)
            guard start <= UInt64(UInt32.max), end <= UInt64(UInt32.max) else {
                skippedHere += 1
                continue
            }
            let next = index + 1 < functions.count ? functions[index + 1].start &- base : UInt64.max
            if next <= start { continue }
            interpreter.run(
                bytes, function, entries.commons[Int(function.common)], base: base, limit: min(end, next),
                sectionAddress: address)
            if end < next { interpreter.endFunction(at: end) }
        }
        skipped = max(skipped, skippedHere)
        return interpreter.rows
    }
}
