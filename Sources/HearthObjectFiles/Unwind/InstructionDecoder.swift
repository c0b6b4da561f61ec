/// One machine instruction, as far as stacks go: x86-64.
struct Instruction {
    /// 0 for the opcodes of one byte, 1 for those behind 0F, 2 behind 0F 38, 3 behind 0F 3A; 4 for what has a VEX or EVEX prefix,
    /// none of which touches the stack.
    var map: UInt8 = 0
    var opcode: UInt8 = 0
    /// The prefix of that name, 0 for none.
    var rex: UInt8 = 0
    /// The prefix 66.
    var hasOperandSize = false
    var modes: UInt8 = 0
    /// The byte behind `modes`, for memory operands with an index or based on the stack pointer.
    var scale: UInt8 = 0
    var displacement: Int32 = 0
    var immediate: Int32 = 0
    fileprivate(set) var attributes: InstructionDecoder.Attributes = []

    var isWide: Bool { rex & 8 != 0 }
    /// The second byte's mode: 3 for a register operand.
    var mode: UInt8 { modes >> 6 }
    /// The middle field of `modes`: part of the opcode in groups.
    var group: UInt8 { modes >> 3 & 7 }
    var register: UInt8 { group | (rex & 4) << 1 }
    /// The operand that may be memory, when it is a register.
    var operand: UInt8 { modes & 7 | (rex & 1) << 3 }
    /// The register in the opcode's own low bits.
    var opcodeRegister: UInt8 { opcode & 7 | (rex & 1) << 3 }

    /// The base of a memory operand without an index; nil for any other operand.
    var base: UInt8? {
        if mode == 3 || attributes.isDisjoint(with: .modes) { return nil }
        if modes & 7 == 4 {
            // Index 4 says none.
            guard scale >> 3 & 7 == 4, rex & 2 == 0, !(mode == 0 && scale & 7 == 5) else { return nil }
            return scale & 7 | (rex & 1) << 3
        }
        return mode == 0 && modes & 7 == 5 ? nil : operand
    }
}

/// Finds where instructions of x86-64 end; what it does not know is nil, as are bytes that are no instruction.
struct InstructionDecoder: Sendable {
    struct Attributes: OptionSet {
        var rawValue: UInt16
        static let modes = Attributes(rawValue: 1)
        static let byte = Attributes(rawValue: 2)
        /// 4 bytes, 2 with the prefix 66.
        static let word = Attributes(rawValue: 4)
        /// As `word`, but 8 bytes where the operation is wide.
        static let longWord = Attributes(rawValue: 8)
        static let twoBytes = Attributes(rawValue: 16)
        static let address = Attributes(rawValue: 32)
        static let invalid = Attributes(rawValue: 64)
        static let writesOperand = Attributes(rawValue: 128)
        static let writesRegister = Attributes(rawValue: 256)
        /// On registers of one byte: without REX, 4 and 5 are other registers' high bytes.
        static let bytes = Attributes(rawValue: 512)
        /// Groups 3 of both sizes: two of eight have an immediate.
        static let test = Attributes(rawValue: 1024)
    }

    /// By map and opcode.
    private let attributes: [UInt16]

    private static let longest = 15

    init() { attributes = Self.oneByte + Self.twoBytes + Self.behind38 + Self.behind3A }

    /// The instruction at `position`, which moves behind it. O(1).
    func next(_ code: RawSpan, _ position: inout Int) -> Instruction? {
        var instruction = Instruction()
        return read(code, &position, into: &instruction) ? instruction : nil
    }

    /// The same without a copy; false for nil, and then neither is of use.
    func read(_ code: RawSpan, _ position: inout Int, into instruction: inout Instruction) -> Bool {
        let start = position
        var at = position
        instruction = Instruction()
        var hasAddressSize = false
        var hasPrefix = false
        guard var byte = code.next(UInt8.self, &at) else { return false }
        prefixes: while true {
            switch byte {
            case 0x66: instruction.hasOperandSize = true
            case 0x67: hasAddressSize = true
            case 0xF0, 0xF2, 0xF3: hasPrefix = true
            case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65: break
            default: break prefixes
            }
            guard at &- start < Self.longest, let next = code.next(UInt8.self, &at) else { return false }
            byte = next
        }
        if byte & 0xF0 == 0x40 {
            instruction.rex = byte
            guard let next = code.next(UInt8.self, &at) else { return false }
            byte = next
        }
        if byte == 0x62 || byte == 0xC4 || byte == 0xC5 {
            if instruction.rex != 0 || instruction.hasOperandSize || hasPrefix { return false }
            guard nextVector(byte, code, &at, &instruction) else { return false }
        } else {
            if byte == 0x0F {
                guard let second = code.next(UInt8.self, &at) else { return false }
                byte = second
                instruction.map = 1
                if second == 0x38 || second == 0x3A {
                    guard let third = code.next(UInt8.self, &at) else { return false }
                    byte = third
                    instruction.map = second == 0x38 ? 2 : 3
                }
            }
            instruction.opcode = byte
            instruction.attributes = Attributes(rawValue: attributes[Int(instruction.map) << 8 | Int(byte)])
        }
        if instruction.attributes.contains(.invalid) { return false }
        if instruction.attributes.contains(.modes) {
            guard nextOperand(code, &at, &instruction) else { return false }
        }
        guard nextImmediate(code, &at, &instruction, hasAddressSize: hasAddressSize), at &- start <= Self.longest else {
            return false
        }
        position = at
        return true
    }

    /// VEX of two and of three bytes, and EVEX; the processor has no other use for these opcodes in 64-bit code.
    private func nextVector(_ first: UInt8, _ code: RawSpan, _ at: inout Int, _ instruction: inout Instruction) -> Bool
    {
        guard let second = code.next(UInt8.self, &at) else { return false }
        var map: UInt8 = 1
        if first != 0xC5 {
            guard code.next(UInt8.self, &at) != nil else { return false }
            map = first == 0xC4 ? second & 0x1F : second & 7
            if first == 0x62, second & 8 != 0 || code.next(UInt8.self, &at) == nil { return false }
        }
        guard let opcode = code.next(UInt8.self, &at) else { return false }
        instruction.map = 4
        instruction.opcode = opcode
        instruction.attributes = .modes
        switch (map, opcode) {
        case (1, 0x77): instruction.attributes = first == 0x62 ? .invalid : []
        case (1, 0x70...0x73), (1, 0xC2), (1, 0xC4...0xC6): instruction.attributes.insert(.byte)
        case (1, _), (2, _): break
        case (3, _): instruction.attributes.insert(.byte)
        case (5, _), (6, _): if first != 0x62 { return false }
        default: return false
        }
        return true
    }

    @inline(__always)
    private func nextOperand(_ code: RawSpan, _ at: inout Int, _ instruction: inout Instruction) -> Bool {
        guard let modes = code.next(UInt8.self, &at) else { return false }
        instruction.modes = modes
        let mode = modes >> 6
        if mode == 3 { return true }
        var base = modes & 7
        if base == 4 {
            guard let scale = code.next(UInt8.self, &at) else { return false }
            instruction.scale = scale
            base = scale & 7
        }
        if mode == 1 {
            guard let distance = code.next(Int8.self, &at) else { return false }
            instruction.displacement = Int32(distance)
        } else if mode == 2 || base == 5 {
            guard let distance = code.next(Int32.self, &at) else { return false }
            instruction.displacement = distance
        }
        return true
    }

    @inline(__always)
    private func nextImmediate(
        _ code: RawSpan, _ at: inout Int, _ instruction: inout Instruction, hasAddressSize: Bool
    ) -> Bool {
        var attributes = instruction.attributes
        if attributes.isDisjoint(with: [.byte, .word, .longWord, .twoBytes, .address, .test]) { return true }
        if attributes.contains(.test) {
            if instruction.group > 1 { return true }
            attributes.insert(instruction.opcode & 1 == 0 ? .byte : .word)
        }
        if attributes.contains(.twoBytes) {
            guard code.next(UInt16.self, &at) != nil else { return false }
        }
        if attributes.contains(.byte) {
            guard let value = code.next(Int8.self, &at) else { return false }
            instruction.immediate = Int32(value)
        }
        if attributes.contains(.longWord), instruction.isWide { return code.next(UInt64.self, &at) != nil }
        if attributes.contains(.word) || attributes.contains(.longWord) {
            if instruction.hasOperandSize, !instruction.isWide {
                guard let value = code.next(Int16.self, &at) else { return false }
                instruction.immediate = Int32(value)
            } else {
                guard let value = code.next(Int32.self, &at) else { return false }
                instruction.immediate = value
            }
        }
        if attributes.contains(.address) {
            return hasAddressSize ? code.next(UInt32.self, &at) != nil : code.next(UInt64.self, &at) != nil
        }
        return true
    }
}

extension InstructionDecoder {
    // Maps of opcodes, sixteen a line, as in appendix A of Intel's manual, volume 2.

    private static func table(_ lines: [String]) -> [UInt16] {
        lines.joined().utf8.map { (legend[$0] ?? .invalid).rawValue }
    }

    private static let legend: [UInt8: Attributes] = [
        UInt8(ascii: "."): [],
        UInt8(ascii: "b"): .byte, UInt8(ascii: "w"): .word, UInt8(ascii: "l"): .longWord,
        UInt8(ascii: "2"): .twoBytes, UInt8(ascii: "a"): .address,
        UInt8(ascii: "m"): .modes,
        UInt8(ascii: "r"): [.modes, .writesRegister], UInt8(ascii: "R"): [.modes, .writesRegister, .bytes],
        UInt8(ascii: "o"): [.modes, .writesOperand], UInt8(ascii: "O"): [.modes, .writesOperand, .bytes],
        UInt8(ascii: "e"): [.modes, .writesOperand, .writesRegister],
        UInt8(ascii: "E"): [.modes, .writesOperand, .writesRegister, .bytes],
        UInt8(ascii: "i"): [.modes, .byte], UInt8(ascii: "j"): [.modes, .byte, .writesRegister],
        UInt8(ascii: "p"): [.modes, .byte, .writesOperand], UInt8(ascii: "P"): [.modes, .byte, .writesOperand, .bytes],
        UInt8(ascii: "q"): [.modes, .word, .writesOperand], UInt8(ascii: "k"): [.modes, .word, .writesRegister],
        UInt8(ascii: "t"): [.modes, .test], UInt8(ascii: "T"): [.modes, .test, .bytes],
    ]

    /// Prefixes stand as invalid: they are never last.
    private static let oneByte = table([
        "OoRrbwxxOoRrbwxx", "OoRrbwxxOoRrbwxx", "OoRrbwxxOoRrbwxx", "OoRrbwxxmmmmbwxx",
        "xxxxxxxxxxxxxxxx", "................", "xxxrxxxxwkbj....", "bbbbbbbbbbbbbbbb",
        "PqxpmmEeOoRrormo", "..........x.....", "aaaa....bw......", "bbbbbbbbllllllll",
        "Pp2.xxPqx.xx.bxx", "OoOoxxx.mmmmmmmm", "bbbbbbbbwwxb....", "x.xx..Tt......Oo",
    ])

    private static let twoBytes = table([
        "mmrrx..x..x.xmxx", "mmmmmmmmmmmmmmmm", "mmmmxxxxmmmmrrmm", "....xxxxxxxxxxxx",
        "rrrrrrrrrrrrrrrr", "rmmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmmm", "iiiimmm.xxxxmmmm",
        "wwwwwwwwwwwwwwww", "OOOOOOOOOOOOOOOO", "...mpoxx..xopomr", "Oororrrrrmporrrr",
        "Eeimijim........", "mmmmmmmrmmmmmmmm", "mmmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmmm",
    ])

    private static let behind38 = table(
        Array(repeating: "mmmmmmmmmmmmmmmm", count: 15) + ["rrmmmmrmmmmmmmmm"])

    private static let behind3A = table(
        ["iiiiiiiiiiiiiiii", "iiiippppiiiiiiii"] + Array(repeating: "iiiiiiiiiiiiiiii", count: 14))
}
