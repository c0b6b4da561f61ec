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
        case unsupported
    }

    var frameAddress = FrameAddress.unsupported
    var framePointer = RegisterRule.unchanged
    var returnAddress = RegisterRule.unchanged

    /// DWARF's numbers of the registers of x86-64.
    static let framePointerRegister: UInt64 = 6
    static let stackPointerRegister: UInt64 = 7
    static let returnAddressRegister: UInt64 = 16

    @inline(__always)
    mutating func set(_ register: UInt64, _ rule: RegisterRule) {
        if register == Self.framePointerRegister {
            framePointer = rule
        } else if register == Self.returnAddressRegister {
            returnAddress = rule
        }
    }

    /// Takes a register's rule back to what `initial` says.
    @inline(__always)
    mutating func restore(_ register: UInt64, from initial: CallFrameState) {
        if register == Self.framePointerRegister {
            framePointer = initial.framePointer
        } else if register == Self.returnAddressRegister {
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
        case .offset(-8): break
        default: return Self.unsupportedRule
        }
        switch frameAddress {
        case .register(let register, let offset):
            guard let kind = Self.kind(ofRegister: register), offset & 7 == 0, 0...0xFFFF ~= offset >> 3,
                let saved = savedField
            else { return Self.unsupportedRule }
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
        case stackPointerRegister: .stackPointer
        case framePointerRegister: .framePointer
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
        case .undefined, .framePointer, .unsupported: return nil
        }
    }

    private static func pack(_ kind: UnwindRow.Kind, _ offset: UInt32, _ saved: UInt32) -> UInt32 {
        kind.rawValue | offset << 4 | saved << 20
    }
}
