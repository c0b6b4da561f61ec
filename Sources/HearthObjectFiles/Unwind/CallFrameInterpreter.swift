/// Runs the programs of `.eh_frame` (`DW_CFA_…`) and collects rows.
struct CallFrameInterpreter {
    private(set) var rows = PageArray<UnwindRow>()
    private var saved: [CallFrameState] = []
    private let trackedRegister: UInt64

    init(trackedRegister: UInt64 = ProcessorRegisters.framePointer) { self.trackedRegister = trackedRegister }

    /// Compilers nest one or two; a file that nests more is not believed.
    private static let deepestSave = 64

    private enum Step {
        case go
        case advance(UInt64)
        case moveTo(UInt64)
        case fail
    }

    /// What every function of a common entry starts from.
    mutating func initialState(_ bytes: RawSpan, program: Range<Int>, common: CommonEntry) -> CallFrameState {
        var state = CallFrameState()
        var position = program.lowerBound
        let bytes = bytes.extracting(0..<program.upperBound)
        while position < program.upperBound {
            switch step(bytes, &position, &state, common, sectionAddress: 0) {
            case .go: continue
            case .advance, .moveTo: return state
            case .fail:
                state.frameAddress = .unsupported
                return state
            }
        }
        return state
    }

    /// Appends the rows of one function, those that start before `limit`; all addresses count from `base`.
    mutating func run(
        _ bytes: RawSpan, _ function: FunctionEntry, _ common: CommonEntry, base: UInt64, limit: UInt64,
        sectionAddress: UInt64
    ) {
        var location = function.start &- base
        if common.isSignalFrame {
            append(location, CallFrameState.signalRule)
            return
        }
        var state = common.initial
        // No common entry has a rule for either register.
        state.trackedRegister = trackedRegister
        var position = Int(function.programStart)
        let end = Int(function.programEnd)
        let bytes = bytes.extracting(0..<end)
        saved.removeAll(keepingCapacity: true)
        while position < end {
            let next: UInt64
            switch step(bytes, &position, &state, common, sectionAddress: sectionAddress) {
            case .go: continue
            case .advance(0): continue
            case .advance(let delta):
                let (sum, overflow) = location.addingReportingOverflow(delta)
                next = overflow ? limit : sum
            case .moveTo(let address):
                guard address >= base, address &- base >= location else {
                    append(location, CallFrameState.unsupportedRule)
                    return
                }
                next = address &- base
            case .fail:
                append(location, CallFrameState.unsupportedRule)
                return
            }
            if next != location { append(location, state.rule) }
            location = next
            if location >= limit { return }
        }
        append(location, state.rule)
    }

    /// Marks that nothing is known from here on.
    mutating func endFunction(at location: UInt64) { append(location, UnwindRow.Kind.none.rawValue) }

    mutating func reserve(_ count: Int) { rows.reserveCapacity(count) }

    private mutating func append(_ location: UInt64, _ rule: UInt32) {
        guard let address = UInt32(exactly: location) else { return }
        if let last = rows.last {
            if last.address == address {
                rows.removeLast()
                return append(location, rule)
            }
            if last.rule == rule { return }
        }
        rows.append(UnwindRow(address: address, rule: rule))
    }

    // MARK: Instructions

    @inline(__always)
    private mutating func step(
        _ bytes: RawSpan, _ position: inout Int, _ state: inout CallFrameState, _ common: CommonEntry,
        sectionAddress: UInt64
    ) -> Step {
        guard let opcode = bytes.next(UInt8.self, &position) else { return .fail }
        let low = UInt64(opcode & 0x3F)
        switch opcode >> 6 {
        case 1: return .advance(low &* common.codeAlignment)
        case 2:
            guard let factored = bytes.nextULEB128(&position) else { return .fail }
            state.set(low, .offset(Int64(bitPattern: factored) &* common.dataAlignment))
            return .go
        case 3:
            state.restore(low, from: common.initial)
            return .go
        default: return extendedStep(low, bytes, &position, &state, common, sectionAddress: sectionAddress)
        }
    }

    private mutating func extendedStep(
        _ opcode: UInt64, _ bytes: RawSpan, _ position: inout Int, _ state: inout CallFrameState,
        _ common: CommonEntry, sectionAddress: UInt64
    ) -> Step {
        switch opcode {
        case 0x00: return .go
        case 0x01:
            guard
                let address = common.encoding.nextAddress(bytes, &position, sectionAddress: sectionAddress)
            else { return .fail }
            return .moveTo(address)
        case 0x02:
            return bytes.next(UInt8.self, &position).map { .advance(UInt64($0) &* common.codeAlignment) } ?? .fail
        case 0x03:
            return bytes.next(UInt16.self, &position).map { .advance(UInt64($0) &* common.codeAlignment) } ?? .fail
        case 0x04:
            return bytes.next(UInt32.self, &position).map { .advance(UInt64($0) &* common.codeAlignment) } ?? .fail
        case 0x0A:
            guard saved.count < Self.deepestSave else { return .fail }
            saved.append(state)
            return .go
        case 0x0B:
            guard let restored = saved.popLast() else { return .fail }
            state = restored
            return .go
        case 0x0C...0x0F, 0x12, 0x13:
            return setFrameAddress(opcode, bytes, &position, &state, common) ? .go : .fail
        case 0x05...0x09, 0x10, 0x11, 0x14...0x16, 0x2F:
            return setRegister(opcode, bytes, &position, &state, common) ? .go : .fail
        case 0x2D: return .go  // GNU_window_save: SPARC's; it changes none of our registers.
        case 0x2E: return bytes.nextULEB128(&position) != nil ? .go : .fail  // GNU_args_size
        default: return .fail
        }
    }

    private func setFrameAddress(
        _ opcode: UInt64, _ bytes: RawSpan, _ position: inout Int, _ state: inout CallFrameState, _ common: CommonEntry
    ) -> Bool {
        switch opcode {
        case 0x0C, 0x12:
            guard let register = bytes.nextULEB128(&position),
                let offset = opcode == 0x0C
                    ? bytes.nextULEB128(&position).map({ Int64(bitPattern: $0) })
                    : bytes.nextSLEB128(&position).map({ $0 &* common.dataAlignment })
            else { return false }
            state.frameAddress = .register(register, offset: offset)
        case 0x0D:
            guard let register = bytes.nextULEB128(&position) else { return false }
            state.setRegister(register)
        case 0x0E:
            guard let offset = bytes.nextULEB128(&position) else { return false }
            state.setOffset(Int64(bitPattern: offset))
        case 0x13:
            guard let offset = bytes.nextSLEB128(&position) else { return false }
            state.setOffset(offset &* common.dataAlignment)
        default:
            guard let block = block(bytes, &position) else { return false }
            state.frameAddress = FrameExpression.frameAddress(bytes, block)
        }
        return true
    }

    private func setRegister(
        _ opcode: UInt64, _ bytes: RawSpan, _ position: inout Int, _ state: inout CallFrameState, _ common: CommonEntry
    ) -> Bool {
        guard let register = bytes.nextULEB128(&position) else { return false }
        switch opcode {
        case 0x05, 0x2F:
            guard let factored = bytes.nextULEB128(&position) else { return false }
            let offset = Int64(bitPattern: factored) &* common.dataAlignment
            state.set(register, .offset(opcode == 0x05 ? offset : 0 &- offset))
        case 0x06: state.restore(register, from: common.initial)
        case 0x07: state.set(register, .undefined)
        case 0x08: state.set(register, .unchanged)
        case 0x11:
            guard let factored = bytes.nextSLEB128(&position) else { return false }
            state.set(register, .offset(factored &* common.dataAlignment))
        case 0x09:
            guard let other = bytes.nextULEB128(&position) else { return false }
            state.set(register, .register(other))
        case 0x14:
            guard bytes.nextULEB128(&position) != nil else { return false }
            state.set(register, .unsupported)
        case 0x15:
            guard bytes.nextSLEB128(&position) != nil else { return false }
            state.set(register, .unsupported)
        case 0x10:
            guard let block = block(bytes, &position) else { return false }
            state.set(register, FrameExpression.registerRule(bytes, block))
        default:
            guard block(bytes, &position) != nil else { return false }
            state.set(register, .unsupported)
        }
        return true
    }

    /// A block with its length before it, as expressions are; `position` moves past it.
    private func block(_ bytes: RawSpan, _ position: inout Int) -> Range<Int>? {
        guard let size = bytes.nextULEB128(&position), let range = bytes.range(at: UInt64(position), size: size) else {
            return nil
        }
        position = range.upperBound
        return range
    }
}
