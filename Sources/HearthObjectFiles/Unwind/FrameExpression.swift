/// The DWARF expressions that compilers and linkers really write into `.eh_frame`; all others are unsupported.
enum FrameExpression {
    private static let dereference: UInt8 = 0x06

    /// A PLT stub's `rsp + 8 + ((rip & 15) >= n) << 3`, or GCC's `*(rbp + n)`.
    static func frameAddress(_ bytes: RawSpan, _ block: Range<Int>) -> CallFrameState.FrameAddress {
        if let threshold = ProcessorRegisters.linkageThreshold(bytes, block) {
            return .procedureLinkage(threshold: threshold)
        }
        var position = block.lowerBound
        guard bytes.next(UInt8.self, &position) == ProcessorRegisters.basedOnFramePointer,
            let offset = bytes.nextSLEB128(&position),
            bytes.next(UInt8.self, &position) == dereference, position == block.upperBound
        else { return .unsupported }
        return .dereference(offset: offset)
    }

    /// Saved at `rbp + n`.
    static func registerRule(_ bytes: RawSpan, _ block: Range<Int>) -> CallFrameState.RegisterRule {
        var position = block.lowerBound
        guard bytes.next(UInt8.self, &position) == ProcessorRegisters.basedOnFramePointer,
            let offset = bytes.nextSLEB128(&position),
            position == block.upperBound
        else { return .unsupported }
        return .framePointer(offset)
    }
}
