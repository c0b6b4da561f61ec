/// Reads from a function's machine code what a compiler would have written into its unwind table.
///
/// Every path from the first instruction on is followed, and what is found must agree with itself: where two paths meet, and
/// where the function ends, which it can only with the stack as it was. Anything else, and every instruction that is not
/// known, is nothing: no rows.
public struct PrologueReader: Sendable {
    /// Of the last function read; addresses count from its start.
    private(set) var rows: [UnwindRow] = []

    private let decoder = InstructionDecoder()
    private var events: [Event] = []
    private var blocks: [Block] = []
    /// Where jumps of this function lead, and what stands behind its unconditional ones.
    private var targets: [Int32] = []
    private var jumpTargets: [Int32] = []
    /// A bit for every byte that begins an instruction.
    private var beginnings: [UInt64] = []
    /// The same without what only fills up to an aligned address.
    private var codes: [UInt64] = []
    private var waiting: [Int32] = []
    /// Blocks behind calls, with the state that they have if the call returns.
    private var behindCalls: [(block: Int32, state: FrameState)] = []
    /// The states from which jumps through tables are made, two at most.
    private var tables: [FrameState] = []
    private var touchesStack = false

    private struct Event {
        var start: Int32
        var end: Int32
        var effect: StackEffect
    }

    private struct Block {
        var start: Int32
        var firstEvent: Int32
        /// Nil while no path has led here.
        var state: FrameState?
        var isWaiting = false
    }

    /// The largest function that is read, in bytes; generated tables of code are larger, and nobody's time is spent there.
    static let largest = 1 << 20
    private static let outside = Int32.min
    private static let entryRule = FrameState.entry.rule ?? 0
    /// Behind the load of a table's entry follow its addition and the jump; compilers seldom put more between.
    private static let tableJumpDistance = 12

    static let paddingDecoder = InstructionDecoder()

    public init() {}

    /// How the caller is found in a function with this code, by distance from its start; nil where that cannot be told. A row
    /// of kind `none` stands where a part of it cannot be reached by any path that is seen. O(size · log jumps).
    public mutating func rows(ofFunction code: RawSpan) -> [UnwindRow]? { read(code) ? rows : nil }

    /// The bytes of the instruction at an offset; nil where none is known.
    public func instructionLength(_ code: RawSpan, at offset: Int) -> Int? {
        var position = offset
        return decoder.next(code, &position).map { _ in position &- offset }
    }

    mutating func read(_ code: RawSpan) -> Bool {
        rows.empty()
        guard code.byteCount > 0, code.byteCount <= Self.largest, decode(code) else { return false }
        guard areBeginnings(jumpTargets) else { return false }
        if !touchesStack {
            // Most are as small as that.
            rows.append(UnwindRow(address: 0, rule: Self.entryRule))
            return true
        }
        if jumpTargets.isEmpty, targets.count == 1, targets[0] == Int32(code.byteCount) {
            return followStraight()
        }
        makeBlocks(size: Int32(code.byteCount))
        guard followPaths() else { return false }
        return emit(size: Int32(code.byteCount))
    }

    // MARK: Instructions

    private mutating func decode(_ code: RawSpan) -> Bool {
        events.empty()
        targets.empty()
        jumpTargets.empty()
        beginnings.empty()
        touchesStack = false
        let size = code.byteCount
        var tableLoad = Int.min / 2
        codes.empty()
        // The words that are being filled.
        var (beginning, ownCode): (UInt64, UInt64) = (0, 0)
        var position = 0
        var instruction = Instruction()
        while position < size {
            let start = position
            guard decoder.read(code, &position, into: &instruction) else { return false }
            while beginnings.count < start >> 6 {
                beginnings.append(beginning)
                codes.append(ownCode)
                (beginning, ownCode) = (0, 0)
            }
            beginning |= 1 << UInt64(start & 63)
            if !instruction.isPadding { ownCode |= 1 << UInt64(start & 63) }
            var effect = instruction.effect
            switch effect {
            case .none:
                if instruction.loadsTableEntry { tableLoad = position }
                continue
            case .unknown: return false
            case .jump(let distance), .branch(let distance):
                let target = position &+ Int(distance)
                let isInside = target >= 0 && target < size
                let place = isInside ? Int32(target) : Self.outside
                if isInside { jumpTargets.append(place) }
                if case .jump = effect {
                    effect = .jump(place)
                    targets.append(Int32(position))
                } else {
                    effect = .branch(place)
                }
            case .ret, .stop: targets.append(Int32(position))
            case .jumpSomewhere:
                targets.append(Int32(position))
                if instruction.isTableJump || start &- tableLoad <= Self.tableJumpDistance {
                    effect = .jumpThroughTable
                }
            case .call: break
            default: touchesStack = true
            }
            events.append(Event(start: Int32(start), end: Int32(position), effect: effect))
        }
        beginnings.append(beginning)
        codes.append(ownCode)
        return true
    }

    private func areBeginnings(_ offsets: [Int32]) -> Bool {
        offsets.allSatisfy { Int($0) >> 6 < beginnings.count && beginnings[Int($0) >> 6] & 1 << UInt64($0 & 63) != 0 }
    }

    private mutating func makeBlocks(size: Int32) {
        jumpTargets.sort()
        targets += jumpTargets
        targets.sort()
        blocks.empty()
        blocks.append(Block(start: 0, firstEvent: 0))
        var event: Int32 = 0
        var last: Int32 = 0
        for target in targets where target != last && target < size {
            while event < events.count, events[Int(event)].start < target { event += 1 }
            blocks.append(Block(start: target, firstEvent: event))
            last = target
        }
    }

    // MARK: Paths

    private mutating func followPaths() -> Bool {
        waiting.empty()
        behindCalls.empty()
        tables.empty()
        guard lead(to: 0, .entry) else { return false }
        repeat {
            while let block = waiting.popLast() {
                blocks[Int(block)].isWaiting = false
                guard follow(block) else { return false }
            }
            // A call that is followed by a block of another state does not return.
            while let (block, state) = behindCalls.popLast() {
                guard blocks[Int(block)].state == nil else { continue }
                guard lead(to: block, state) else { return false }
                break
            }
            if waiting.isEmpty, behindCalls.isEmpty, !leadThroughTables() { return false }
        } while !waiting.isEmpty
        return true
    }

    /// What no path has reached is where jumps through tables lead, when all are made from one state.
    private mutating func leadThroughTables() -> Bool {
        guard let state = tables.first, tables.count == 1 else { return true }
        for block in blocks.indices where blocks[block].state == nil && hasCode(block) {
            guard lead(to: Int32(block), state) else { return false }
        }
        return true
    }

    private mutating func lead(to block: Int32, _ state: FrameState) -> Bool {
        let index = Int(block)
        if let known = blocks[index].state {
            guard let merged = known.met(by: state) else { return false }
            if merged == known { return true }
            blocks[index].state = merged
        } else {
            blocks[index].state = state
        }
        if !blocks[index].isWaiting {
            blocks[index].isWaiting = true
            waiting.append(block)
        }
        return true
    }

    private mutating func follow(_ block: Int32) -> Bool {
        let index = Int(block)
        guard var state = blocks[index].state else { return false }
        let next = index + 1 < blocks.count ? blocks[index + 1].start : Int32.max
        let end = index + 1 < blocks.count ? Int(blocks[index + 1].firstEvent) : events.count
        var lastCall: Int32 = -1
        for event in Int(blocks[index].firstEvent)..<end {
            let (effect, place) = (events[event].effect, events[event].end)
            switch effect {
            case .ret: return state.isOver
            case .stop: return true
            case .jump(let target): return jump(to: target, state)
            case .branch(let target):
                guard jump(to: target, state) else { return false }
            case .jumpThroughTable:
                // Of more than one state none is of use.
                if tables.count < 2, !tables.contains(state) { tables.append(state) }
                return true
            case .jumpSomewhere:
                // Calls another function that ends this one, or is not understood.
                return state.isOver
            case .call: lastCall = place
            default:
                guard state.apply(effect) else { return false }
            }
        }
        guard next != Int32.max else { return true }
        if lastCall == next {
            behindCalls.append((block + 1, state))
            return true
        }
        return lead(to: block + 1, state)
    }

    private mutating func jump(to target: Int32, _ state: FrameState) -> Bool {
        if target == Self.outside { return state.isOver }
        var low = 0
        var high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].start < target { low = middle + 1 } else { high = middle }
        }
        return lead(to: Int32(low), state)
    }

    /// A function of one path: what `followPaths` and `emit` make of it, at once.
    private mutating func followStraight() -> Bool {
        var state = FrameState.entry
        append(0, Self.entryRule)
        for event in events {
            switch event.effect {
            case .call, .stop: continue
            case .ret, .jump, .branch, .jumpSomewhere, .jumpThroughTable:
                guard state.isOver else { return false }
            default:
                guard state.apply(event.effect), let rule = state.rule else { return false }
                append(event.end, rule)
            }
        }
        return true
    }

    // MARK: Rows

    /// False for what fills up to an aligned address.
    private func hasCode(_ block: Int) -> Bool {
        let start = Int(blocks[block].start)
        let end = block + 1 < blocks.count ? Int(blocks[block + 1].start) : codes.count << 6
        return (start..<end).contains { codes[$0 >> 6] & 1 << UInt64($0 & 63) != 0 }
    }

    private mutating func emit(size: Int32) -> Bool {
        for (index, block) in blocks.enumerated() {
            let isLast = index + 1 == blocks.count
            let end = isLast ? events.count : Int(blocks[index + 1].firstEvent)
            guard var state = block.state else {
                if hasCode(index) { append(block.start, UnwindRow.Kind.none.rawValue) }
                continue
            }
            guard let rule = state.rule else { return false }
            append(block.start, rule)
            for event in Int(block.firstEvent)..<end {
                let effect = events[event].effect
                guard state.apply(effect), let rule = state.rule else { return false }
                append(events[event].end, rule)
                // Behind these is another block, or the end.
                switch effect {
                case .ret, .stop, .jump, .jumpSomewhere, .jumpThroughTable: break
                default: continue
                }
                break
            }
        }
        if let last = rows.last, last.address == UInt32(size) { rows.removeLast() }
        return true
    }

    private mutating func append(_ offset: Int32, _ rule: UInt32) {
        if let last = rows.last, last.rule == rule { return }
        if let last = rows.last, last.address == UInt32(offset) { rows.removeLast() }
        if let last = rows.last, last.rule == rule { return }
        rows.append(UnwindRow(address: UInt32(offset), rule: rule))
    }
}

extension Array {
    /// Keeps the memory; the call of the library is not free, and most of these are empty for most functions.
    fileprivate mutating func empty() {
        if !isEmpty { removeAll(keepingCapacity: true) }
    }
}
