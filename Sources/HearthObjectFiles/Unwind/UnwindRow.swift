/// How to find the caller from one address on, up to the next row: 8 bytes.
///
/// The rule is packed for a reader in a signal handler: bits 0–3 are the kind, bits 4–19 an offset in words of 8 bytes,
/// bits 20–31 where the caller's frame pointer was saved, also in words. The return address always stands at CFA − 8; a
/// place where it does not is of kind `unsupported`.
public struct UnwindRow: Hashable, Sendable, BitwiseCopyable {
    public enum Kind: UInt32, Sendable, CaseIterable {
        /// No function with unwind information is here; follow the frame pointer.
        case none = 0
        /// CFA = rsp + offset.
        case stackPointer = 1
        /// CFA = rbp + offset.
        case framePointer = 2
        /// A PLT stub: CFA = rsp + 8, and 8 more when (rip & 15) ≥ the threshold in the offset field.
        case procedureLinkage = 3
        /// The trampoline that a signal handler returns to; the interrupted registers are in the `ucontext` at rsp.
        case signalFrame = 4
        /// A rule that does not fit these. Where ``special`` is nil the stack ends here, truncated.
        case unsupported = 5
        /// CFA = *(rbp + offset), the offset signed; for stacks realigned by GCC.
        case dereference = 6
        /// Nobody called this: the stack ends here, whole.
        case endOfStack = 7
    }

    /// Link-time address − `base` of the table.
    public var address: UInt32
    public var rule: UInt32

    public init(address: UInt32, rule: UInt32) {
        self.address = address
        self.rule = rule
    }

    /// Rules that only a few pieces of assembly and of realigned code have, with what they take to evaluate. They are of
    /// kind `unsupported` with more bits: 4–19 the offset in words, signed, 20–23 a register by its DWARF number, 24–31 how
    /// the frame pointer was saved.
    public enum Special: Hashable, Sendable {
        /// CFA = register + offset.
        case otherRegister(UInt8, offset: Int)
        /// CFA = rsp + offset, and the return address is in a register.
        case returnInRegister(UInt8, offset: Int)
        /// `longjmp` about to jump.
        case jump

        /// The field for a frame pointer saved at CFA − 8 · n is n; for one at rbp + 8 · n this + n.
        static let savedAtFramePointerField: UInt32 = 128
        static let returnInRegisterField: UInt32 = 254
        static let jumpField: UInt32 = 255
    }

    public var special: Special? {
        guard kind == .unsupported, rule >> 4 != 0 else { return nil }
        let register = UInt8(rule >> 20 & 0xF)
        let offset = Int(Int16(truncatingIfNeeded: rule >> 4)) * 8
        switch rule >> 24 {
        case Special.jumpField: return .jump
        case Special.returnInRegisterField: return .returnInRegister(register, offset: offset)
        default: return .otherRegister(register, offset: offset)
        }
    }

    public var kind: Kind { Kind(rawValue: rule & 0xF) ?? .unsupported }

    /// The offset field in bytes; for `procedureLinkage` the threshold itself.
    public var offset: Int {
        switch kind {
        case .procedureLinkage: Int(rule >> 4 & 0xFFFF)
        case .dereference: Int(Int16(truncatingIfNeeded: rule >> 4)) * 8
        default: Int(rule >> 4 & 0xFFFF) * 8
        }
    }

    /// CFA − the address where the caller's rbp was saved, in bytes; nil when rbp is unchanged, and for kinds that have
    /// no such field.
    public var savedFramePointer: Int? {
        let field = Int(rule >> 20)
        switch kind {
        case .stackPointer, .framePointer, .procedureLinkage: return field == 0 ? nil : field * 8
        default: return nil
        }
    }

    /// For `dereference`: the address where the caller's rbp was saved − rbp, in bytes; nil when rbp is unchanged. The
    /// field holds that ÷ 8 + 1.
    public var savedFramePointerFromFramePointer: Int? {
        let field = Int(rule >> 20)
        return kind == .dereference && field != 0 ? (field - 1) * 8 : nil
    }
}
