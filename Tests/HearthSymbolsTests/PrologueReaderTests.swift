import Foundation
import HearthObjectFiles
import HearthRandom
import Testing

/// Machine code written by hand: what each instruction does is in Intel's manual, volume 2.
@Suite struct PrologueReaderTests {
    /// A row as text: where it begins, by which register, how far, and where the caller's frame pointer was saved.
    private func rows(_ code: [UInt8]) -> [String]? {
        var reader = PrologueReader()
        return reader.rows(ofFunction: unsafe code.span.bytes)?.map { row in
            let register =
                switch row.kind {
                case .stackPointer: "sp"
                case .framePointer: "fp"
                default: "\(row.kind)"
                }
            return "\(row.address):\(register)+\(row.offset)" + (row.savedFramePointer.map { ",\($0)" } ?? "")
        }
    }

    private func length(_ code: [UInt8]) -> Int? {
        PrologueReader().instructionLength(unsafe code.span.bytes, at: 0)
    }

    // MARK: Whole functions

    @Test func framePointer() {
        // push rbp; mov rbp, rsp; push rbx; sub rsp, 24; call; add rsp, 24; pop rbx; pop rbp; ret
        let code: [UInt8] = [
            0x55, 0x48, 0x89, 0xE5, 0x53, 0x48, 0x83, 0xEC, 24, 0xE8, 1, 0, 0, 0, 0x48, 0x83, 0xC4, 24, 0x5B, 0x5D,
            0xC3,
        ]
        #expect(rows(code) == ["0:sp+8", "1:sp+16,16", "4:fp+16,16", "20:sp+8"])
        // The other encoding of the move, and leave.
        #expect(rows([0x55, 0x48, 0x8B, 0xEC, 0x50, 0xC9, 0xC3]) == ["0:sp+8", "1:sp+16,16", "4:fp+16,16", "6:sp+8"])
        // lea rsp, [rbp - 16] before the pops.
        #expect(
            rows([0x55, 0x48, 0x89, 0xE5, 0x41, 0x56, 0x53, 0x50, 0x48, 0x8D, 0x65, 0xF0, 0x5B, 0x41, 0x5E, 0x5D, 0xC3])
                == ["0:sp+8", "1:sp+16,16", "4:fp+16,16", "16:sp+8"])
    }

    @Test func noFrame() {
        #expect(rows([0x31, 0xC0, 0xC3]) == ["0:sp+8"])
        // push rax; call; pop rcx; ret
        #expect(rows([0x50, 0xE8, 1, 0, 0, 0, 0x59, 0xC3]) == ["0:sp+8", "1:sp+16", "7:sp+8"])
        // push rbx; pop rbx; jmp to another function
        #expect(rows([0x53, 0x5B, 0xE9, 0, 1, 0, 0]) == ["0:sp+8", "1:sp+16", "2:sp+8"])
        // push of a number, of memory, of flags; a pop into memory.
        #expect(
            rows([0x6A, 1, 0x68, 1, 2, 3, 4, 0xFF, 0x30, 0x9C, 0x8F, 0x00, 0x48, 0x8D, 0x64, 0x24, 24, 0xC3])
                == ["0:sp+8", "2:sp+16", "7:sp+24", "9:sp+32", "10:sp+40", "12:sp+32", "17:sp+8"])
        // sub rsp, 0x1000 and back.
        #expect(
            rows([0x48, 0x81, 0xEC, 0, 0x10, 0, 0, 0x48, 0x81, 0xC4, 0, 0x10, 0, 0, 0xC3])
                == ["0:sp+8", "7:sp+4104", "14:sp+8"])
    }

    @Test func framePointerAsAnyRegister() {
        // push rbp; push rbx; mov ebp, edi; call; pop rbx; pop rbp; ret
        #expect(
            rows([0x55, 0x53, 0x89, 0xFD, 0xE8, 1, 0, 0, 0, 0x5B, 0x5D, 0xC3])
                == ["0:sp+8", "1:sp+16,16", "2:sp+24,16", "10:sp+16,16", "11:sp+8"])
        // Stored by a move: sub rsp, 24; mov [rsp + 8], rbp; mov rbp, rdi; mov rbp, [rsp + 8]; add rsp, 24; ret
        #expect(
            rows([
                0x48, 0x83, 0xEC, 24, 0x48, 0x89, 0x6C, 0x24, 8, 0x48, 0x89, 0xFD, 0x48, 0x8B, 0x6C, 0x24, 8, 0x48,
                0x83,
                0xC4, 24, 0xC3,
            ]) == ["0:sp+8", "4:sp+32", "12:sp+32,24", "17:sp+32", "21:sp+8"])
        // Overwritten without being saved: nobody can say.
        #expect(rows([0x89, 0xFD, 0xC3]) == nil)
        #expect(rows([0x48, 0x0F, 0x44, 0xEF, 0xC3]) == nil)
    }

    @Test func roomOfAnySize() {
        // push rbp; mov rbp, rsp; sub rsp, rax; and rsp, -32; mov rsp, rbp; pop rbp; ret
        #expect(
            rows([0x55, 0x48, 0x89, 0xE5, 0x48, 0x29, 0xC4, 0x48, 0x83, 0xE4, 0xE0, 0x48, 0x89, 0xEC, 0x5D, 0xC3])
                == ["0:sp+8", "1:sp+16,16", "4:fp+16,16", "15:sp+8"])
        // Without a frame pointer nothing holds.
        #expect(rows([0x48, 0x29, 0xC4, 0xC3]) == nil)
        #expect(rows([0x48, 0x83, 0xE4, 0xE0, 0xC3]) == nil)
        #expect(rows([0x48, 0x94, 0xC3]) == nil)
    }

    /// Swift's async functions, as Handler/Processor.h knows them.
    @Test func asyncFunction() {
        // push rbp; push r14; lea rbp, [rsp + 8]; sub rsp, 24; add rsp, 32; pop rbp; btr rbp, 60; jmp rax
        let code: [UInt8] = [
            0x55, 0x41, 0x56, 0x48, 0x8D, 0x6C, 0x24, 8, 0x48, 0x83, 0xEC, 24, 0x48, 0x83, 0xC4, 32, 0x5D, 0x48, 0x0F,
            0xBA,
            0xF5, 60, 0xFF, 0xE0,
        ]
        #expect(rows(code) == ["0:sp+8", "1:sp+16,16", "3:sp+24,16", "8:fp+16,16", "17:sp+8"])
        // One that makes room for the arguments of its tail call moves its return address: no rows.
        #expect(rows([0x48, 0x83, 0xEC, 16] + code) == nil)
    }

    // MARK: Paths

    @Test func behindTheReturnIsTheBody() {
        // push rax; test edi, edi; je 1; pop rcx; ret; 1: call; pop rcx; ret
        #expect(
            rows([0x50, 0x85, 0xFF, 0x74, 2, 0x59, 0xC3, 0xE8, 1, 0, 0, 0, 0x59, 0xC3])
                == ["0:sp+8", "1:sp+16", "6:sp+8", "7:sp+16", "13:sp+8"])
        // The same with the long form, and a block that only a later one jumps back to:
        // jmp 2; 1: pop rcx; ret; 2: push rax; jmp 1
        #expect(rows([0xEB, 2, 0x59, 0xC3, 0x50, 0xEB, 0xFB]) == ["0:sp+8", "2:sp+16", "3:sp+8", "5:sp+16"])
    }

    @Test func aCallThatDoesNotReturn() {
        // push rax; test edi, edi; jne 1; pop rax; ret; 2: ud2; 1: call, never back; behind it the target of jumps in the first
        // state
        let code: [UInt8] = [0x85, 0xFF, 0x74, 6, 0x50, 0xE8, 1, 0, 0, 0, 0xC3]
        #expect(rows(code) == ["0:sp+8", "5:sp+16", "10:sp+8"])
    }

    @Test func jumpsThroughATable() {
        // push rbx; lea rcx, [rip + …]; movsxd rax, [rcx + rax·4]; add rax, rcx; jmp rax; then a block that nobody names.
        let table: [UInt8] = [
            0x53, 0x48, 0x8D, 0x0D, 0, 1, 0, 0, 0x48, 0x63, 0x04, 0x81, 0x48, 0x01, 0xC8, 0xFF, 0xE0,
        ]
        #expect(rows(table + [0x31, 0xC0, 0x5B, 0xC3]) == ["0:sp+8", "1:sp+16", "20:sp+8"])
        // Nothing says where a block is reached from behind a tail call through a pointer.
        #expect(rows([0x53, 0x5B, 0xFF, 0xE0, 0x31, 0xC0, 0xC3]) == ["0:sp+8", "1:sp+16", "2:sp+8", "4:none+0"])
    }

    @Test func pathsThatDisagree() {
        // je 1; push rax; 1: ret
        #expect(rows([0x74, 1, 0x50, 0xC3]) == nil)
        // A return or a tail call with something left on the stack.
        #expect(rows([0x50, 0xC3]) == nil)
        #expect(rows([0x50, 0xE9, 0, 1, 0, 0]) == nil)
        #expect(rows([0x50, 0x74, 0x60, 0x58, 0xC3]) == nil)
        // The return address popped; a jump into an instruction; a call for the program counter.
        #expect(rows([0x59, 0xFF, 0xE1]) == nil)
        #expect(rows([0xEB, 0xFF, 0xC0, 0xC3]) == nil)
        #expect(rows([0xE8, 0, 0, 0, 0, 0x58, 0xC3]) == nil)
        // enter; an instruction cut off at the end; none at all.
        #expect(rows([0xC8, 0, 0, 0, 0xC9, 0xC3]) == nil)
        #expect(rows([0x50, 0x48, 0x83]) == nil)
        #expect(rows([]) == nil)
    }

    // MARK: Lengths

    @Test(arguments: [
        "90", "f3 c3", "48 89 e5", "8b 04 25 00 00 00 00", "48 8b 04 24", "48 8b 44 24 08", "48 8b 84 24 00 01 00 00",
        "48 8d 05 00 00 00 00", "41 57", "66 90", "66 2e 0f 1f 84 00 00 00 00 00", "66 66 2e 0f 1f 84 00 00 00 00 00",
        "48 b8 01 02 03 04 05 06 07 08", "b8 01 02 03 04", "66 b8 01 02", "c7 45 fc 01 00 00 00", "66 c7 45 fc 01 00",
        "f6 45 fc 01", "f6 d8", "f7 c7 01 00 00 00", "48 f7 d8", "48 a1 01 02 03 04 05 06 07 08", "c2 08 00",
        "0f 84 01 00 00 00", "0f b6 c0", "0f ba e0 03", "0f a2", "0f 05", "f3 0f 1e fa", "66 0f 3a 0f c1 08",
        "66 0f 38 00 c1",
        "f2 0f 38 f1 c1", "0f c6 c1 01", "f0 48 0f b1 0e", "64 48 8b 04 25 00 00 00 00", "48 69 c0 01 00 00 00",
        "6b c0 03",
        "c5 f8 77", "c5 f9 6f 06", "c4 e2 79 18 06", "c4 e3 7d 39 c1 01", "c5 f9 70 c1 02", "62 f1 7c 48 10 06",
        "62 f1 7c 48 10 46 01", "62 f3 7d 48 3b c1 01", "d9 45 fc", "dd d8", "66 48 e8 00 00 00 00", "e3 02",
        "4c 8d 9c 24 00 ff ff ff", "80 7f 08 00", "83 3d 00 00 00 00 01", "68 01 02 03 04", "48 0f c7 0f", "0f 0b",
    ]) func lengthOfOneInstruction(hexadecimal: String) {
        let code = hexadecimal.split(separator: " ").compactMap { UInt8($0, radix: 16) }
        #expect(length(code) == code.count)
        #expect(length(code + [0xC3, 0xC3]) == code.count)
        for shorter in 1..<code.count { #expect(length(Array(code.prefix(shorter))) ?? 0 <= shorter) }
    }

    @Test(arguments: [
        "06", "27", "60", "82 c0 01", "9a", "d6", "ea", "0f 04", "0f 24 c0", "0f ff c0", "c4 e0 00 00 c0",
    ])
    func noInstruction(hexadecimal: String) {
        let code = hexadecimal.split(separator: " ").compactMap { UInt8($0, radix: 16) }
        // `ud0` is one, but nothing runs behind it.
        if hexadecimal != "0f ff c0" { #expect(length(code + Array(repeating: 0, count: 8)) == nil) }
    }

    /// Where binutils sees instructions begin.
    @Test(
        .enabled(if: Tool.isInstalled("objdump")), arguments: ["libgcc_s.so", "libdl.so", "libm.so", "libdispatch.so"])
    func beginningsAgreeWithObjdump(library: String) throws {
        guard let path = LoadedLibraries.path(library) else { return }
        let object = try ObjectBytes(contentsOf: path)
        let file = try object.file()
        let text = try Tool("objdump")!.run([
            "-d", "--no-show-raw-insn", "-j", ".text", "--stop-address=0xffffff", path,
        ])
        let reader = PrologueReader()
        // What is not directly followed by another, as zeroes are left out, tells no length.
        var instructions: [(address: UInt64, next: UInt64, text: Substring)] = []
        var last: (address: UInt64, text: Substring)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.first == " ", let colon = line.firstIndex(of: ":"),
                let address = UInt64(line[..<colon].drop { $0 == " " }, radix: 16)
            else {
                last = nil
                continue
            }
            // Binutils joins these with the wait before them.
            let isJoined = ["fstcw", "fstsw", "fstenv", "finit", "fclex", "fsave"].contains { line.contains($0) }
            if let last, instructions.count < 50_000 { instructions.append((last.address, address, last.text)) }
            last = isJoined || line.contains("(bad)") || line.contains(".byte") ? nil : (address, line)
        }
        var wrong: [Substring] = []
        var unknown = 0
        object.read { bytes in
            guard let text = file.section(named: ".text"), let range = file.range(of: text, in: bytes) else { return }
            for instruction in instructions {
                let offset = range.lowerBound + Int(instruction.address - text.address)
                guard let length = reader.instructionLength(bytes, at: offset) else {
                    unknown += 1
                    continue
                }
                if UInt64(length) != instruction.next - instruction.address { wrong.append(instruction.text) }
            }
        }
        #expect(!instructions.isEmpty)
        #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(10).joined(separator: "\n"))")
        #expect(unknown * 1000 <= instructions.count, "\(unknown) of \(instructions.count) are not known")
    }

    // MARK: Hostile code

    @Test func rubbish() {
        var random = SeededGenerator(seed: 4)
        var reader = PrologueReader()
        // What functions are made of, so that some of it is followed far.
        let likely: [UInt8] = [
            0x55, 0x5D, 0x53, 0x5B, 0x50, 0x58, 0xC3, 0x48, 0x89, 0xE5, 0x83, 0xEC, 0xC4, 8, 0xEB, 0x74, 0xE8, 0xE9,
            0xC9,
            0x0F, 0x84, 0x8D, 0x64, 0x24, 0x66, 0xFF, 0xE0, 0x90, 0xF8, 0xFE,
        ]
        var followed = 0
        for turn in 0..<100_000 {
            let count = Int.random(in: 0...40, using: &random)
            let code = (0..<count).map { _ in
                turn % 2 == 0 ? UInt8.random(in: 0...255, using: &random) : likely.randomElement(using: &random)!
            }
            guard let rows = reader.rows(ofFunction: unsafe code.span.bytes) else { continue }
            followed += 1
            let isInOrder = zip(rows, rows.dropFirst()).allSatisfy { $0.address < $1.address && $0.rule != $1.rule }
            if !isInOrder || rows.first?.address != 0 || rows.contains(where: { $0.address >= count }) {
                Issue.record("\(code) gives \(rows)")
            }
        }
        #expect(followed > 100)
    }

    /// Distances at the ends of what 32 bits can say.
    @Test func numbersThatOverflow() {
        for byte in [UInt8(0x7F), 0x80, 0xFF] {
            for last in [UInt8(0x7F), 0x80, 0xFF, 0] {
                let number = [byte, 0xFF, 0xFF, last]
                for code: [UInt8] in [[0x48, 0x81, 0xEC], [0x48, 0x81, 0xC4], [0x48, 0x8D, 0xA4, 0x24]] {
                    _ = rows(code + number + code + number + [0xC3])
                }
                for code: [UInt8] in [[0x48, 0x8D, 0xA5], [0x48, 0x8D, 0xAC, 0x24], [0x48, 0x89, 0xAC, 0x24]] {
                    _ = rows([0x55, 0x48, 0x89, 0xE5] + code + number + [0x5D, 0xC3])
                }
                _ = rows([0xE9] + number)
                _ = rows([0x0F, 0x84] + number + [0xC3])
            }
        }
    }
}
