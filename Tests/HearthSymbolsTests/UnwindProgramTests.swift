import HearthObjectFiles
import Testing

/// Programs of call frame information written by hand: what each must mean is in the System V ABI of x86-64 and in DWARF 5,
/// section 6.4.
@Suite struct UnwindProgramTests {
    private typealias Kind = UnwindRow.Kind

    @Test func theRowsOfAnOrdinaryFunction() {
        // push rbp; mov rbp, rsp; …; pop rbp; ret
        let table = Section.table([
            Section.function(
                at: 0x1000, size: 0x20,
                program: [0x41, 0x0E, 16, 0x86, 2, 0x43, 0x0D, 6, 0x40 + 0x1B, 0x0C, 7, 8, 0xC6])
        ])
        #expect(table.base == 0x1000)
        #expect(table.rows.count == 5)
        let entry = table.row(at: 0x1000)
        #expect(entry?.kind == .stackPointer && entry?.offset == 8 && entry?.savedFramePointer == nil)
        let pushed = table.row(at: 0x1001)
        #expect(pushed?.kind == .stackPointer && pushed?.offset == 16 && pushed?.savedFramePointer == 16)
        let body = table.row(at: 0x101E)
        #expect(body?.kind == .framePointer && body?.offset == 16 && body?.savedFramePointer == 16)
        let end = table.row(at: 0x101F)
        #expect(end?.kind == .stackPointer && end?.offset == 8 && end?.savedFramePointer == nil)
        #expect(table.row(at: 0x1020) == nil)
        #expect(table.row(at: 0xFFF) == nil)
    }

    @Test func rememberAndRestore() {
        let table = Section.table([
            Section.function(
                at: 0, size: 64, program: [0x0E, 32, 0x0A, 0x48, 0x0E, 8, 0x48, 0x0B, 0x48, 0x0E, 8])
        ])
        #expect([0, 8, 16, 24].map { table.row(at: $0)?.offset } == [32, 8, 32, 8])
    }

    /// A common entry inside another entry is none: thousands of them could overlap.
    @Test func commonEntriesAreEntries() throws {
        let common: [UInt8] = Section.little(0, 4) + [1, 0, 1, 0x78, 16, 0x0C, 7, 8, 0x90, 1]
        func section(back: UInt64) -> UnwindTable {
            // One entry with another in its program, then a function.
            let inner = Section.little(UInt64(common.count), 4) + common
            let outer = common + inner
            var bytes = Section.little(UInt64(outer.count), 4) + outer
            for (value, width) in [(20, 4), (back, 4), (0x1000, 8), (16, 8)] as [(UInt64, Int)] {
                bytes += Section.little(value, width)
            }
            return UnwindTable(ehFrame: unsafe bytes.span.bytes, address: 0)
        }
        let whole = UInt64(4 + 2 * common.count + 4)
        #expect(section(back: whole + 4).rows.count == 2)
        #expect(section(back: whole + 4).skippedEntries == 0)
        #expect(section(back: UInt64(common.count) + 8).rows.isEmpty)
        #expect(section(back: UInt64(common.count) + 8).skippedEntries == 1)
    }

    @Test func advancesOfAllWidths() {
        let table = Section.table([
            Section.function(
                at: 0, size: 0x30000,
                program: [0x02, 0x80, 0x0E, 16, 0x03, 0x00, 0x10, 0x0E, 24, 0x04, 0, 0, 1, 0, 0x0E, 32, 0x40, 0x0E, 40])
        ])
        #expect([0, 0x80, 0x1080, 0x11080].map { table.row(at: $0)?.offset } == [8, 16, 24, 40])
        #expect(table.rows.map(\.address) == [0, 0x80, 0x1080, 0x11080, 0x30000])
    }

    /// Linkers' expression for a PLT: `rsp + 8 + ((rip & 15) >= 11) * 8`, and 10 with IBT marks.
    @Test(arguments: [UInt8(11), 10]) func procedureLinkage(threshold: UInt8) {
        let expression: [UInt8] = [0x77, 8, 0x80, 0, 0x3F, 0x1A, 0x30 + threshold, 0x2A, 0x33, 0x24, 0x22]
        let table = Section.table([Section.function(at: 64, size: 32, program: [0x0F, 11] + expression)])
        #expect(table.row(at: 64)?.kind == .procedureLinkage)
        #expect(table.row(at: 64)?.offset == Int(threshold))
        let other = Section.table([Section.function(at: 64, size: 32, program: [0x0F, 11] + expression.reversed())])
        #expect(other.row(at: 64)?.kind == .unsupported)
    }

    /// GCC where it realigns the stack: the CFA stands at rbp − 8, the caller's rbp at rbp.
    @Test func realignedStack() {
        let saved: [UInt8] = [0x10, 6, 2, 0x76, 0]
        let table = Section.table([
            Section.function(at: 0, size: 16, program: [0x0C, 10, 0, 0x44] + saved + [0x0F, 3, 0x76, 0x78, 0x06])
        ])
        #expect(table.row(at: 0)?.kind == .unsupported)
        let row = table.row(at: 4)
        #expect(row?.kind == .dereference && row?.offset == -8 && row?.savedFramePointerFromFramePointer == 0)
        #expect(row?.savedFramePointer == nil)
        // The same saved rbp under an ordinary CFA has no place in a row.
        let mixed = Section.table([Section.function(at: 0, size: 16, program: saved)])
        #expect(mixed.row(at: 0)?.kind == .unsupported)
    }

    @Test func whereTheStackEnds() {
        let start = Section.table([Section.function(at: 0, size: 16, program: [0x07, 16])])
        #expect(start.row(at: 3)?.kind == .endOfStack)
        let signal = Section.table([Section.function(at: 0, size: 16, program: [])], augmentation: "zRS")
        #expect(signal.row(at: 3)?.kind == .signalFrame)
    }

    /// Rules with evaluators of their own: of kind `unsupported` for whoever does not know them.
    @Test func specialRules() {
        func special(_ program: [UInt8]) -> UnwindRow.Special? {
            Section.table([Section.function(at: 0, size: 16, program: program)]).row(at: 0)?.special
        }
        // The loader's resolver: CFA = rbx + 32. GCC: CFA = r10, and rbp saved where rbp points.
        #expect(special([0x0C, 3, 32]) == .otherRegister(3, offset: 32))
        #expect(special([0x0C, 10, 0, 0x10, 6, 2, 0x76, 0]) == .otherRegister(10, offset: 0))
        // The same with the stack pointer back: what is saved has no place in an ordinary row.
        #expect(special([0x10, 6, 2, 0x76, 0]) == .otherRegister(7, offset: 8))
        // vfork keeps its return address in rdi; longjmp has read where to go on.
        #expect(special([0x0E, 0, 0x09, 16, 5]) == .returnInRegister(5, offset: 0))
        #expect(special([0x0C, 5, 0, 0x09, 7, 8, 0x09, 6, 9, 0x09, 16, 1]) == .jump)
        // Neither of these is any of them.
        #expect(special([0x0C, 5, 8, 0x09, 6, 9, 0x09, 16, 1]) == nil)
        #expect(special([0x90, 2]) == nil)
        #expect(special([0x0C, 17, 0]) == nil)
    }

    /// Where a frame is found by rbx, the table says where that is saved.
    @Test func savedBaseRegister() {
        let resolver = Section.function(at: 0, size: 16, program: [0x0C, 3, 32])
        // push rbx; push rbp; and both saved.
        let caller = Section.function(at: 0x20, size: 16, program: [0x0E, 24, 0x83, 2, 0x86, 3])
        let table = Section.table([resolver, caller])
        let other = UnwindTable(base: table.base, rows: table.baseRegisterRows)
        #expect(table.row(at: 0x24)?.savedFramePointer == 24)
        #expect(other.row(at: 0x24)?.savedFramePointer == 16)
        #expect(Section.table([caller]).baseRegisterRows.isEmpty)
    }

    @Test func whatDoesNotFitIsUnsupported() {
        let programs: [[UInt8]] = [
            [0x0E, 12],  // an offset that is no multiple of 8
            [0x0C, 3, 16],  // CFA by rbx
            [0x09, 16, 1],  // the return address in a register
            [0x90, 2],  // the return address at CFA − 16
            [0x09, 6, 3],  // rbp in a register
            [0x11, 6, 0x7F],  // rbp above the CFA
            [0x0E, 0x80, 0x80, 0x20],  // 512 KiB
            [0x86, 0x80, 0x20],  // rbp 32 KiB below the CFA
            [0x3F],  // no such instruction
            [0x0B],  // nothing was remembered
            [0x0F, 0x7F],  // an expression behind the end
        ]
        for program in programs {
            let table = Section.table([Section.function(at: 0, size: 16, program: program)])
            #expect(table.row(at: 0)?.kind == .unsupported, "\(program)")
            #expect(table.rows.count == 2)
        }
        // The largest that fit.
        let large = Section.table([Section.function(at: 0, size: 16, program: [0x0E, 0xF8, 0xFF, 0x1F])])
        #expect(large.row(at: 0)?.offset == 0xFFFF * 8)
        let deep = Section.table([Section.function(at: 0, size: 16, program: [0x86, 0xFF, 0x1F])])
        #expect(deep.row(at: 0)?.savedFramePointer == 0xFFF * 8)
    }

    @Test func instructionsWithoutMeaningHereAreSkipped() {
        let program: [UInt8] = [
            0x00, 0x2D, 0x2E, 0x20, 0x08, 3, 0x83, 3, 0x14, 3, 2, 0x15, 3, 2, 0x16, 12, 1, 0x30, 0x05, 12, 4, 0x06, 12,
            0x2F, 13, 1, 0x10, 14, 1, 0x30, 0x0E, 48,
        ]
        let table = Section.table([Section.function(at: 0, size: 16, program: program)])
        #expect(table.row(at: 0)?.offset == 48)
        #expect(table.row(at: 0)?.kind == .stackPointer)
    }

    // MARK: Several functions

    @Test func gapsAndNeighbours() {
        let table = Section.table([
            Section.function(at: 0x40, size: 0x10, program: []), Section.function(at: 0x10, size: 0x10, program: []),
            Section.function(at: 0x20, size: 0x10, program: []),
        ])
        #expect(table.rows.map(\.address) == [0, 0x20, 0x30, 0x40])
        #expect(table.rows.map(\.kind) == [.stackPointer, .none, .stackPointer, .none])
        #expect(table.base == 0x10)
    }

    @Test func theLaterAndTheShorterOfOverlappingFunctionsHolds() {
        let outer = Section.function(at: 0, size: 0x40, program: [0x0E, 16])
        let inner = Section.function(at: 0x10, size: 0x10, program: [0x0E, 24])
        let short = Section.function(at: 0, size: 8, program: [0x0E, 32])
        for functions in [[outer, inner, short], [short, inner, outer], [inner, outer, short]] {
            let table = Section.table(functions)
            #expect(table.row(at: 4)?.offset == 32)
            #expect(table.row(at: 0x12)?.offset == 24)
            #expect(table.row(at: 0x20) == nil)
        }
    }

    @Test func otherEncodings() {
        let function = Section.function(at: 0x7000, size: 0x10, program: [0x0E, 40])
        for encoding: UInt8 in [0x00, 0x03, 0x04, 0x0B, 0x0C, 0x10, 0x13, 0x1B, 0x1C] {
            let table = Section.table([function], encoding: encoding)
            #expect(table.row(at: 0x7004)?.offset == 40, "\(encoding)")
        }
        // Relative to what only a loader knows, or kept elsewhere.
        for encoding: UInt8 in [0x3B, 0x9B, 0x2B, 0xFF] {
            let table = Section.table([function], encoding: encoding)
            #expect(table.rows.isEmpty)
            #expect(table.skippedEntries == 1)
        }
        #expect(Section.table([function], longLengths: true).row(at: 0x7004)?.offset == 40)
        #expect(Section.table([function], augmentation: "zPLR").row(at: 0x7004)?.offset == 40)
        #expect(Section.table([function], augmentation: "zQR").skippedEntries == 1)
        #expect(Section.table([function], returnColumn: 17).row(at: 0x7004)?.kind == .unsupported)
    }

    @Test func whatIsFarAwayIsCountedAsSkipped() {
        let table = Section.table(
            [
                Section.function(at: 0x1000, size: 16, program: []),
                Section.function(at: 0x9_0000_0000, size: 16, program: []),
            ], encoding: 0x04)
        #expect(table.row(at: 0x1000) != nil)
        #expect(table.row(at: 0x9_0000_0000) == nil)
        #expect(table.skippedEntries == 1)
    }
}

/// Writes `.eh_frame` sections.
private enum Section {
    struct Function {
        var address: UInt64
        var size: UInt64
        var program: [UInt8]
    }

    static func function(at address: UInt64, size: UInt64, program: [UInt8]) -> Function {
        Function(address: address, size: size, program: program)
    }

    static func table(
        _ functions: [Function], encoding: UInt8 = 0x1B, augmentation: String = "zR", returnColumn: UInt8 = 16,
        longLengths: Bool = false
    ) -> UnwindTable {
        let address: UInt64 = 0x5000
        var bytes: [UInt8] = []
        func append(_ body: [UInt8]) {
            if longLengths {
                bytes += [0xFF, 0xFF, 0xFF, 0xFF] + little(UInt64(body.count), 8) + body
            } else {
                bytes += little(UInt64(body.count), 4) + body
            }
        }
        let headerSize = longLengths ? 12 : 4
        var data: [UInt8] = []
        for letter in augmentation.dropFirst() {
            switch letter {
            case "R": data.append(encoding)
            case "P": data += [0x03, 1, 2, 3, 4]
            case "L": data.append(0x1B)
            default: break
            }
        }
        // Code in steps of 1, data in steps of -8; CFA = rsp + 8, the return address at CFA - 8.
        append(
            little(0, 4) + [1] + Array(augmentation.utf8) + [0, 1, 0x78, returnColumn, UInt8(data.count)] + data
                + [0x0C, 7, 8, 0x80 + returnColumn, 1])
        for function in functions {
            let start = bytes.count + headerSize
            let width = [0: 8, 4: 8, 0xC: 8][Int(encoding & 0xF)] ?? 4
            let field = address + UInt64(start + 4)
            let value = encoding & 0x70 == 0x10 ? function.address &- field : function.address
            append(
                little(UInt64(start), 4) + little(value, width) + little(function.size, width) + [0]
                    + function.program)
        }
        bytes += little(0, 4)
        return UnwindTable(ehFrame: unsafe bytes.span.bytes, address: address)
    }

    static func little(_ value: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
