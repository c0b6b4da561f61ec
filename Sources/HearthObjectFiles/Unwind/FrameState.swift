/// Where the caller is to be found at one instruction, as the code before it left things. Distances are bytes below the CFA.
struct FrameState: Equatable {
    /// CFA − stack pointer; nil where only the frame pointer tells.
    var depth: Int32? = 8
    /// CFA − the place where the caller's frame pointer was saved; 0 for nowhere.
    var saved: Int32 = 0
    /// It was saved by a push: what compilers save so, they will overwrite.
    var isPushed = false
    /// The frame pointer points to that place.
    var isFrame = false
    /// The frame pointer is the caller's.
    var isCallers = true

    /// At a function's first instruction.
    static let entry = FrameState()

    /// Nil where no row can say it.
    var rule: UInt32? {
        let saved: Int32 = saved != 0 && (isPushed || !isCallers) ? saved : 0
        guard saved & 7 == 0, saved >> 3 < 1 << 12 else { return nil }
        let kind: UnwindRow.Kind = isFrame ? .framePointer : .stackPointer
        guard let offset = isFrame ? saved : depth, offset & 7 == 0, offset >> 3 < 1 << 16, offset > 0 else {
            return nil
        }
        return kind.rawValue | UInt32(offset >> 3) << 4 | UInt32(saved >> 3) << 20
    }

    /// True where a function may end: the stack is the caller's again.
    var isOver: Bool { depth == 8 && !isFrame && isCallers }

    /// The state of both where two paths meet; nil when they contradict each other.
    func met(by other: FrameState) -> FrameState? {
        var merged = self
        if isFrame, depth != other.depth { merged.depth = nil }
        // On one path it may have been overwritten already; where it was saved holds for both.
        if saved != 0, !isFrame { merged.isCallers = isCallers && other.isCallers }
        var compared = other
        if isFrame { compared.depth = merged.depth }
        if saved != 0, !isFrame { compared.isCallers = merged.isCallers }
        return compared == merged ? merged : nil
    }

    /// Follows one instruction. False when it does what cannot be followed.
    mutating func apply(_ effect: StackEffect) -> Bool {
        switch effect {
        case .none, .call, .jump, .branch, .jumpSomewhere, .jumpThroughTable, .ret, .stop: return true
        case .push: return lower(by: 8)
        case .pushFramePointer:
            guard lower(by: 8) else { return false }
            if isCallers, let depth, saved == 0 || !isPushed {
                saved = depth
                isPushed = true
            }
            return true
        case .pop: return lower(by: -8)
        case .popFramePointer:
            guard let depth else { return false }
            if saved == depth { restore() } else { overwrite() }
            return lower(by: -8)
        case .raise(let count): return lower(by: 0 &- count)
        case .loseStackPointer:
            depth = nil
            return isFrame
        case .setFramePointer(let offset):
            if let depth, saved != 0, depth &- offset == saved {
                isFrame = true
                isCallers = false
                return true
            }
            overwrite()
            return saved != 0 && depth != nil
        case .setStackPointer(let offset):
            guard isFrame else { return false }
            depth = saved &- offset
            return offset <= 0 && offset > -FrameState.deepest
        case .leave:
            guard isFrame else { return false }
            depth = saved &- 8
            restore()
            return true
        case .loseFramePointer:
            overwrite()
            return saved != 0 && depth != nil
        case .storeFramePointer(let offset):
            guard let depth, isCallers, saved == 0, depth &- offset >= 16, offset > -128 else { return true }
            saved = depth &- offset
            return true
        case .loadFramePointer(let offset):
            guard let depth, saved != 0 else { return false }
            overwrite()
            if depth &- offset == saved { isCallers = true }
            return true
        case .unknown: return false
        }
    }

    private static let deepest: Int32 = 1 << 24

    private mutating func restore() {
        isFrame = false
        isCallers = true
        isPushed = false
        saved = 0
    }

    private mutating func overwrite() {
        isFrame = false
        isCallers = false
    }

    /// Moves the stack pointer. What is saved below it is gone, and nobody takes the return address away.
    private mutating func lower(by count: Int32) -> Bool {
        guard let old = depth else { return isFrame }
        guard count > -Self.deepest, count < Self.deepest else { return false }
        let new = old &+ count
        guard new >= 8, new < Self.deepest else { return false }
        depth = new
        if saved > new, count < 0 {
            guard isCallers else { return false }
            restore()
        }
        return true
    }
}
