/// The DWARF expressions that compilers and linkers really write into `.eh_frame`; all others are unsupported.
enum FrameExpression {
    private static let basedOnFramePointer: UInt8 = 0x76  // DW_OP_breg6
    private static let dereference: UInt8 = 0x06

    /// A PLT stub's `rsp + 8 + ((rip & 15) >= n) << 3`, or GCC's `*(rbp + n)`.
    static func frameAddress(_ bytes: RawSpan, _ block: Range<Int>) -> CallFrameState.FrameAddress {
        if let threshold = linkageThreshold(bytes, block) { return .procedureLinkage(threshold: threshold) }
        var position = block.lowerBound
        guard bytes.next(UInt8.self, &position) == basedOnFramePointer, let offset = bytes.nextSLEB128(&position),
            bytes.next(UInt8.self, &position) == dereference, position == block.upperBound
        else { return .unsupported }
        return .dereference(offset: offset)
    }

    /// Saved at `rbp + n`.
    static func registerRule(_ bytes: RawSpan, _ block: Range<Int>) -> CallFrameState.RegisterRule {
        var position = block.lowerBound
        guard bytes.next(UInt8.self, &position) == basedOnFramePointer, let offset = bytes.nextSLEB128(&position),
            position == block.upperBound
        else { return .unsupported }
        return .framePointer(offset)
    }

    /// Linkers write n as one `DW_OP_lit…`: 11 for plain stubs, 10 or 9 for those with IBT marks.
    private static func linkageThreshold(_ bytes: RawSpan, _ block: Range<Int>) -> UInt8? {
        // breg7 8, breg16 0, lit15, and, lit n, ge, lit3, shl, plus
        guard block.count == 11, bytes.load(UInt32.self, at: block.lowerBound) == 0x0080_0877,
            bytes.load(UInt16.self, at: block.lowerBound + 4) == 0x1A3F,
            let literal = bytes.load(UInt8.self, at: block.lowerBound + 6), 0x30...0x3F ~= literal,
            bytes.load(UInt32.self, at: block.lowerBound + 7) == 0x2224_332A
        else { return nil }
        return literal - 0x30
    }
}
