/// What an instruction does to the stack pointer, the frame pointer and the flow of control. Numbers are bytes.
enum StackEffect: Equatable {
    case none
    case push
    case pop
    case pushFramePointer
    case popFramePointer
    /// The stack pointer grows.
    case raise(Int32)
    /// The stack pointer is no longer known: an alignment, room of a size that only the run knows.
    case loseStackPointer
    /// Frame pointer = stack pointer + n.
    case setFramePointer(Int32)
    /// Stack pointer = frame pointer + n.
    case setStackPointer(Int32)
    /// Both at once: stack pointer = frame pointer, then a pop of the frame pointer.
    case leave
    /// The frame pointer is overwritten.
    case loseFramePointer
    /// The frame pointer is stored at stack pointer + n.
    case storeFramePointer(Int32)
    case loadFramePointer(Int32)
    case call
    /// To n bytes behind this instruction.
    case jump(Int32)
    case branch(Int32)
    /// To another function, or through a table.
    case jumpSomewhere
    /// Through a table, as far as the code before it tells.
    case jumpThroughTable
    case ret
    /// Nothing runs behind it.
    case stop
    /// Something that is not followed.
    case unknown
}

extension Instruction {
    private static let stackPointer: UInt8 = 4
    private static let framePointer: UInt8 = 5

    /// What this instruction does: x86-64.
    @inline(__always)
    var effect: StackEffect { isHarmless ? .none : effectByOpcode }

    /// Whether the operands alone say that neither pointer is written, as those of most instructions do.
    @inline(__always)
    private var isHarmless: Bool {
        guard attributes.contains(.modes), modes & 0x30 != 0x20, modes & 0xC0 != 0xC0 || modes & 6 != 4 else {
            return false
        }
        return map == 0 ? opcode < 0xC0 && opcode != 0x8F : map != 1 || opcode < 0xB9
    }

    private var effectByOpcode: StackEffect {
        switch map {
        case 0: effectOfOneByte
        case 1: effectOfTwoBytes
        case 2, 3: effectOfWrites
        default: .none
        }
    }

    /// Whether this loads a distance from a table of them, as a jump through one does before it.
    var loadsTableEntry: Bool { map == 0 && opcode == 0x63 && mode != 3 && modes & 7 == 4 && scale >> 6 == 2 }

    /// A jump through a table of addresses.
    var isTableJump: Bool { map == 0 && opcode == 0xFF && group == 4 && mode != 3 && modes & 7 == 4 && scale >> 6 == 3 }

    /// What compilers and linkers fill up with: instructions that do nothing, and traps.
    var isPadding: Bool { (map == 0 && (opcode == 0x90 || opcode == 0xCC)) || (map == 1 && opcode == 0x1F) }

    private var effectOfOneByte: StackEffect {
        switch opcode {
        case 0x50...0x57:
            if hasOperandSize { return .unknown }
            return opcodeRegister == Self.framePointer ? .pushFramePointer : .push
        case 0x58...0x5F:
            if hasOperandSize || opcodeRegister == Self.stackPointer { return .unknown }
            return opcodeRegister == Self.framePointer ? .popFramePointer : .pop
        case 0x68, 0x6A, 0x9C: return hasOperandSize ? .unknown : .push
        case 0x8F: return hasOperandSize || mode == 3 || group != 0 ? .unknown : .pop
        case 0x9D: return hasOperandSize ? .unknown : .pop
        case 0x70...0x7F, 0xE0...0xE3: return .branch(immediate)
        case 0x81, 0x83: return effectOfArithmetic
        case 0x89, 0x8B: return effectOfMove
        case 0x8D: return effectOfAddress
        case 0x90...0x97: return opcode == 0x90 && rex & 1 == 0 ? .none : effect(writing: opcodeRegister)
        case 0xB0...0xB7: return rex == 0 ? .none : effect(writing: opcodeRegister)
        case 0xB8...0xBF: return effect(writing: opcodeRegister)
        case 0xC2, 0xC3: return .ret
        case 0xC6, 0xC7: return group == 0 ? effectOfWrites : .unknown
        case 0xC9: return hasOperandSize ? .unknown : .leave
        // A call of what follows only asks where it is, and leaves a word on the stack.
        case 0xE8: return (hasOperandSize && !isWide) || immediate == 0 ? .unknown : .call
        case 0xE9: return hasOperandSize ? .unknown : .jump(immediate)
        case 0xEB: return .jump(immediate)
        case 0xF4: return .stop
        case 0xF6, 0xF7:
            return mode == 3 && (group == 2 || group == 3) && hasWhole(operand) ? effect(writing: operand) : .none
        case 0xFE: return group < 2 ? effectOfWrites : .unknown
        case 0xFF:
            switch group {
            case 0, 1: return effectOfWrites
            case 2: return .call
            case 4: return .jumpSomewhere
            case 6: return hasOperandSize ? .unknown : .push
            default: return .unknown
            }
        default: return effectOfWrites
        }
    }

    private var effectOfTwoBytes: StackEffect {
        switch opcode {
        case 0x0B, 0xB9, 0xFF: return .stop
        case 0x80...0x8F: return hasOperandSize ? .unknown : .branch(immediate)
        case 0xA0, 0xA8: return hasOperandSize ? .unknown : .push
        case 0xA1, 0xA9: return hasOperandSize ? .unknown : .pop
        case 0xBA:
            if group == 4 || mode != 3 { return .none }
            // Swift clears bit 60 in the saved frame pointer of async functions, where it is the mark of one on other systems.
            if operand == Self.framePointer { return group == 6 && immediate == 60 ? .none : .loseFramePointer }
            return effectOfWrites
        case 0xC8...0xCF: return effect(writing: opcodeRegister)
        default: return effectOfWrites
        }
    }

    /// add, or, adc, sbb, and, sub, xor, cmp with a number.
    private var effectOfArithmetic: StackEffect {
        if mode != 3 || group == 7 { return .none }
        if operand == Self.stackPointer {
            switch group {
            case 0 where isWide: return .raise(immediate)
            case 5 where isWide && immediate != .min: return .raise(0 &- immediate)
            default: return .loseStackPointer
            }
        }
        return operand == Self.framePointer ? .loseFramePointer : .none
    }

    private var effectOfMove: StackEffect {
        let isLoad = opcode == 0x8B
        if mode == 3 {
            let (target, source) = isLoad ? (register, operand) : (operand, register)
            switch (target, source) {
            case (Self.stackPointer, Self.framePointer) where isWide: return .setStackPointer(0)
            case (Self.framePointer, Self.stackPointer) where isWide: return .setFramePointer(0)
            default: return effect(writing: target)
            }
        }
        if register == Self.framePointer, base == Self.stackPointer, isWide {
            return isLoad ? .loadFramePointer(displacement) : .storeFramePointer(displacement)
        }
        return isLoad ? effect(writing: register) : .none
    }

    private var effectOfAddress: StackEffect {
        switch (register, base) {
        case (Self.stackPointer, Self.stackPointer) where isWide: return .raise(displacement)
        case (Self.stackPointer, Self.framePointer) where isWide: return .setStackPointer(displacement)
        case (Self.framePointer, Self.stackPointer) where isWide: return .setFramePointer(displacement)
        default: return effect(writing: register)
        }
    }

    /// By the tables.
    private var effectOfWrites: StackEffect {
        if attributes.contains(.writesRegister), hasWhole(register) {
            let effect = effect(writing: register)
            if effect != .none { return effect }
        }
        if attributes.contains(.writesOperand), mode == 3, hasWhole(operand), !(opcode == 0x80 && group == 7) {
            return effect(writing: operand)
        }
        return .none
    }

    private func hasWhole(_ register: UInt8) -> Bool { !attributes.contains(.bytes) || rex != 0 }

    private func effect(writing register: UInt8) -> StackEffect {
        switch register {
        case Self.stackPointer: .loseStackPointer
        case Self.framePointer: .loseFramePointer
        default: .none
        }
    }
}
