/// What the reading of call frame information knows of the processor: x86-64, by the numbers that DWARF gives its registers.
enum ProcessorRegisters {
    /// What a file of this processor's code says in its header.
    static let machine: UInt16 = 62

    static let framePointer: UInt64 = 6
    static let stackPointer: UInt64 = 7
    /// The column of the return address.
    static let returnAddress: UInt64 = 16
    /// What the loader's resolver finds its frame by: rbx.
    static let base: UInt64 = 3
    /// A rule for a register below this one can be evaluated where all registers are known.
    static let limit: UInt64 = 16

    /// Where the return address always is, from the CFA.
    static let returnAddressOffset: Int64 = -8

    /// What glibc's `longjmp` has where once it has read its buffer: rdi, the new frame pointer in r9 and program counter in
    /// rdx; and the new stack pointer in r8.
    static let jumpBuffer: UInt64 = 5
    static let jumpFramePointer: UInt64 = 9
    static let jumpTarget: UInt64 = 1

    /// `DW_OP_breg6`.
    static let basedOnFramePointer: UInt8 = 0x76

    /// The number n in what linkers write for a stub of the linkage table, rsp + 8 + ((rip & 15) >= n) << 3; nil for any other
    /// expression.
    ///
    /// They write n as one `DW_OP_lit…`: 11 for plain stubs, 10 or 9 for those with IBT marks.
    static func linkageThreshold(_ bytes: RawSpan, _ block: Range<Int>) -> UInt8? {
        // breg7 8, breg16 0, lit15, and, lit n, ge, lit3, shl, plus
        guard block.count == 11, bytes.load(UInt32.self, at: block.lowerBound) == 0x0080_0877,
            bytes.load(UInt16.self, at: block.lowerBound + 4) == 0x1A3F,
            let literal = bytes.load(UInt8.self, at: block.lowerBound + 6), 0x30...0x3F ~= literal,
            bytes.load(UInt32.self, at: block.lowerBound + 7) == 0x2224_332A
        else { return nil }
        return literal - 0x30
    }
}
