/// The part of a row of call frame information that matters here: CFA, rbp and the return address.
struct CallFrameState {
    enum FrameAddress {
        case register(UInt64, offset: Int64)
        case procedureLinkage(threshold: UInt8)
        case dereference(offset: Int64)
        case unsupported
    }

    enum RegisterRule {
        case unchanged
        case undefined
        /// Saved at CFA + offset.
        case offset(Int64)
        /// Saved at rbp + offset.
        case framePointer(Int64)
        /// Not saved yet or no longer: it is in another register.
        case register(UInt64)
        case unsupported
    }

    var frameAddress = FrameAddress.unsupported
    var framePointer = RegisterRule.unchanged
    var returnAddress = RegisterRule.unchanged
    /// The register whose rule is `framePointer`; another one for a table of where that is saved.
    var trackedRegister = ProcessorRegisters.framePointer

    @inline(__always)
    mutating func set(_ register: UInt64, _ rule: RegisterRule) {
        if register == trackedRegister {
            framePointer = rule
        } else if register == ProcessorRegisters.returnAddress {
            returnAddress = rule
        }
    }

    /// Takes a register's rule back to what `initial` says.
    @inline(__always)
    mutating func restore(_ register: UInt64, from initial: CallFrameState) {
        if register == trackedRegister {
            framePointer = initial.framePointer
        } else if register == ProcessorRegisters.returnAddress {
            returnAddress = initial.returnAddress
        }
    }

    mutating func setOffset(_ offset: Int64) {
        guard case .register(let register, _) = frameAddress else {
            frameAddress = .unsupported
            return
        }
        frameAddress = .register(register, offset: offset)
    }

    mutating func setRegister(_ register: UInt64) {
        guard case .register(_, let offset) = frameAddress else {
            frameAddress = .unsupported
            return
        }
        frameAddress = .register(register, offset: offset)
    }

    // MARK: Packing

    static let unsupportedRule = UnwindRow.Kind.unsupported.rawValue
    static let signalRule = UnwindRow.Kind.signalFrame.rawValue

    /// The packed rule of ``UnwindRow``.
    var rule: UInt32 {
        switch returnAddress {
        case .undefined: return UnwindRow.Kind.endOfStack.rawValue
        case .offset(ProcessorRegisters.returnAddressOffset): break
        case .register(let register): return returnRule(inRegister: register)
        default: return Self.unsupportedRule
        }
        switch frameAddress {
        case .register(let register, let offset):
            guard let kind = Self.kind(ofRegister: register) else { return ruleOfOtherRegister(register, offset) }
            if case .framePointer = framePointer { return ruleOfOtherRegister(register, offset) }
            guard offset & 7 == 0, 0...0xFFFF ~= offset >> 3, let saved = savedField else {
                return Self.unsupportedRule
            }
            return Self.pack(kind, UInt32(truncatingIfNeeded: offset >> 3), saved)
        case .procedureLinkage(let threshold):
            guard let saved = savedField else { return Self.unsupportedRule }
            return Self.pack(.procedureLinkage, UInt32(threshold), saved)
        case .dereference(let offset):
            guard offset & 7 == 0, let words = Int16(exactly: offset >> 3) else { return Self.unsupportedRule }
            let packed = UInt32(UInt16(bitPattern: words))
            switch framePointer {
            case .unchanged: return Self.pack(.dereference, packed, 0)
            case .framePointer(let saved) where saved & 7 == 0 && 0..<0xFFF ~= saved >> 3:
                return Self.pack(.dereference, packed, UInt32(truncatingIfNeeded: saved >> 3) + 1)
            default: return Self.unsupportedRule
            }
        case .unsupported: return Self.unsupportedRule
        }
    }

    private static func kind(ofRegister register: UInt64) -> UnwindRow.Kind? {
        switch register {
        case ProcessorRegisters.stackPointer: .stackPointer
        case ProcessorRegisters.framePointer: .framePointer
        default: nil
        }
    }

    /// (CFA − where rbp is saved) ÷ 8, 0 for unchanged; nil when it does not fit.
    private var savedField: UInt32? {
        switch framePointer {
        case .unchanged: return 0
        case .offset(let offset):
            guard offset & 7 == 0, -0xFFF ... -1 ~= offset >> 3 else { return nil }
            return UInt32(truncatingIfNeeded: 0 &- (offset >> 3))
        case .undefined, .framePointer, .register, .unsupported: return nil
        }
    }

    // MARK: Special rules

    /// CFA = another register + offset: in the loader's resolver, and where GCC realigns a stack.
    private func ruleOfOtherRegister(_ register: UInt64, _ offset: Int64) -> UInt32 {
        guard register < ProcessorRegisters.limit, offset & 7 == 0, let words = Int16(exactly: offset >> 3) else {
            return Self.unsupportedRule
        }
        switch framePointer {
        case .unchanged: return Self.packSpecial(register, words, 0)
        case .offset(let saved) where saved & 7 == 0 && -100 ... -1 ~= saved >> 3:
            return Self.packSpecial(register, words, UInt32(truncatingIfNeeded: 0 &- (saved >> 3)))
        case .framePointer(let saved) where saved & 7 == 0 && 0...100 ~= saved >> 3:
            return Self.packSpecial(
                register, words, UnwindRow.Special.savedAtFramePointerField + UInt32(truncatingIfNeeded: saved >> 3))
        default: return Self.unsupportedRule
        }
    }

    /// The return address is in a register: in `vfork`, and in `longjmp` once it has read where to go on.
    private func returnRule(inRegister register: UInt64) -> UInt32 {
        guard register < ProcessorRegisters.limit, case .register(let base, let offset) = frameAddress, offset & 7 == 0,
            let words = Int16(exactly: offset >> 3)
        else { return Self.unsupportedRule }
        switch (framePointer, base) {
        case (.unchanged, ProcessorRegisters.stackPointer):
            return Self.packSpecial(register, words, UnwindRow.Special.returnInRegisterField)
        case (.register(ProcessorRegisters.jumpFramePointer), ProcessorRegisters.jumpBuffer)
        where register == ProcessorRegisters.jumpTarget && offset == 0:
            return Self.packSpecial(register, 0, UnwindRow.Special.jumpField)
        default: return Self.unsupportedRule
        }
    }

    private static func packSpecial(_ register: UInt64, _ words: Int16, _ saved: UInt32) -> UInt32 {
        unsupportedRule | UInt32(UInt16(bitPattern: words)) << 4 | UInt32(register) << 20 | saved << 24
    }

    private static func pack(_ kind: UnwindRow.Kind, _ offset: UInt32, _ saved: UInt32) -> UInt32 {
        kind.rawValue | offset << 4 | saved << 20
    }
}
