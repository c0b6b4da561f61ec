import Foundation
import HearthObjectFiles
import HearthRandom
import Testing

/// Rows read from code, held against those that compilers wrote, and put into a file's table.
@Suite struct CodeRowsTests {
    private struct Comparison {
        var functions = 0
        var given = 0
        var instructions = 0
        var unknown = 0
        var same = 0
        /// Where the compiler tells late what an async function has done: ours is right, as the single stepper shows.
        var late = 0
        var wrong: [String] = []
    }

    /// Every function that has both, at every instruction; of large libraries one function in so many.
    @Test(arguments: [
        ("libc.so", 1), ("libstdc++.so", 2), ("libswiftCore.so", 4), ("libFoundation.so", 4),
        ("libswift_Concurrency.so", 1),
        ("libdispatch.so", 1), ("", 8),
    ]) func agreeWithCompilers(library: String, share: Int) throws {
        guard let path = library.isEmpty ? LoadedLibraries.program : LoadedLibraries.path(library) else { return }
        let object = try ObjectBytes(contentsOf: path)
        let file = try object.file()
        let table = try object.unwindTable()
        let all = try object.symbols(.full)
        let symbols = all.isEmpty ? try object.symbols(.dynamic) : all
        var comparison = Comparison()
        object.read { bytes in
            var reader = PrologueReader()
            for symbol in symbols.symbols.enumerated() where symbol.offset % share == 0 {
                let symbol = symbol.element
                // Its assembly has rows by hand, which go on by the stack pointer where there is a frame pointer too.
                if symbols.name(of: symbol, in: bytes).hasPrefix("CNIOBoringSSL") { continue }
                guard let first = table.row(at: symbol.address), first.kind == .stackPointer, first.offset == 8,
                    first.savedFramePointer == nil, let code = file.range(atAddress: symbol.address, in: bytes),
                    code.count >= Int(symbol.size), !symbols.name(of: symbol, in: bytes).contains(".cold")
                else { continue }
                compare(
                    bytes.extracting(code.prefix(Int(symbol.size))), &reader, table, at: symbol.address,
                    symbols.name(of: symbol, in: bytes), &comparison)
            }
        }
        print(
            "\(library.isEmpty ? "the test program" : library): \(comparison.functions) functions, \(comparison.given) given up; "
                + "\(comparison.instructions) instructions: \(comparison.same) the same, \(comparison.unknown) not told, "
                + "\(comparison.late) told late by the compiler, \(comparison.wrong.count) wrong")
        #expect(comparison.functions > 100)
        #expect(
            comparison.wrong.count * 10_000 <= comparison.instructions,
            "\(comparison.wrong.count) of \(comparison.instructions): \(comparison.wrong.prefix(10).joined(separator: "\n"))"
        )
        #expect(comparison.unknown * 5 <= comparison.instructions)
    }

    private func compare(
        _ code: RawSpan, _ reader: inout PrologueReader, _ table: UnwindTable, at address: UInt64, _ name: String,
        _ comparison: inout Comparison
    ) {
        comparison.functions += 1
        let rows = reader.rows(ofFunction: code)
        if rows == nil { comparison.given += 1 }
        var position = 0
        var index = 0
        let bytes = unsafe code.withUnsafeBytes { unsafe Array($0) }
        while position < bytes.count, let length = reader.instructionLength(code, at: position) {
            defer { position += length }
            // What fills up to an aligned address has any row.
            if Self.fillers.contains(where: { bytes[position...].starts(with: $0) }) { continue }
            guard let theirs = table.row(at: address + UInt64(position)) else { continue }
            comparison.instructions += 1
            guard let rows else {
                comparison.unknown += 1
                continue
            }
            while index + 1 < rows.count, Int(rows[index + 1].address) <= position { index += 1 }
            let ours = rows[index]
            if ours.kind == .none {
                comparison.unknown += 1
            } else if isSame(ours, theirs) {
                comparison.same += 1
            } else if Self.isTold(late: bytes, at: position) {
                comparison.late += 1
            } else {
                comparison.wrong.append(
                    "\(name) + \(position): \(ours.kind) \(ours.offset) \(ours.savedFramePointer ?? 0), "
                        + "the compiler's \(theirs.kind) \(theirs.offset) \(theirs.savedFramePointer ?? 0)")
            }
        }
    }

    /// Behind push rbp; push r14 and the lea that follows, and between pop rbp and btr rbp, 60.
    private static func isTold(late code: [UInt8], at position: Int) -> Bool {
        let (before, here) = (code[..<position], code[position...])
        return (before.suffix(3) == [0x55, 0x41, 0x56] && here.starts(with: [0x48, 0x8D, 0x6C, 0x24, 8]))
            || before.suffix(8) == [0x55, 0x41, 0x56, 0x48, 0x8D, 0x6C, 0x24, 8]
            || (before.last == 0x5D && here.starts(with: [0x48, 0x0F, 0xBA, 0xF5, 60]))
    }

    private static let fillers: [[UInt8]] = [
        [0x90], [0x66, 0x90], [0x0F, 0x1F], [0x66, 0x0F, 0x1F], [0x66, 0x2E, 0x0F, 0x1F], [0x66, 0x66, 0x2E],
        [0x66, 0x66, 0x66],
        [0x66, 0x66, 0x90], [0xCC],
    ]

    /// Between its push and its first change, and behind its pop, the frame pointer is where it was saved and in its register:
    /// either may be told.
    private func isSame(_ ours: UnwindRow, _ theirs: UnwindRow) -> Bool {
        guard ours.kind == theirs.kind, ours.offset == theirs.offset else { return false }
        if ours.savedFramePointer == theirs.savedFramePointer { return true }
        return ours.kind == .stackPointer && (ours.savedFramePointer == nil || theirs.savedFramePointer == nil)
    }

    // MARK: In a table

    @Test(arguments: ["libswiftCore.so", "libswiftDispatch.so", "libFoundation.so", "libc.so"])
    func tablesStayInOrder(library: String) throws {
        guard let path = LoadedLibraries.path(library) else { return }
        let object = try ObjectBytes(contentsOf: path)
        let file = try object.file()
        let table = try object.unwindTable()
        var more = table
        let count = object.read { more.addRowsFromCode(of: file, in: $0) }
        print(
            "\(library): \(count.read) of \(count.functions) functions, \(table.rows.count) rows and now \(more.rows.count)"
        )
        let isInOrder = zip(more.rows, more.rows.dropFirst()).allSatisfy {
            $0.address < $1.address && $0.rule != $1.rule
        }
        #expect(isInOrder)
        #expect(count.read <= count.functions && count.read * 100 >= count.functions * 98)
        // What was there holds as before.
        for row in table.rows where row.kind != .none {
            #expect(more.row(at: table.base &+ UInt64(row.address))?.rule == row.rule)
        }
        guard library.contains("swift") else { return }
        #expect(count.functions > 100)
    }

    /// A file without names of functions, with those of variables, and cut off.
    @Test func filesThatLie() throws {
        let path = try #require(LoadedLibraries.path("libswiftDispatch.so") ?? LoadedLibraries.path("libgcc_s.so"))
        let whole = try ObjectBytes(contentsOf: path)
        let file = try whole.file()
        let table = try whole.unwindTable()
        var random = SeededGenerator(seed: 5)
        for _ in 0..<100 {
            var damaged = whole.bytes
            for name in [".symtab", ".dynsym", ".text"] {
                guard let section = file.section(named: name) else { continue }
                for _ in 0..<200 {
                    damaged[Int(section.offset) + Int.random(in: 0..<Int(section.size), using: &random)] =
                        [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random)!
                }
            }
            var more = table
            ObjectBytes(damaged).read { _ = more.addRowsFromCode(of: file, in: $0) }
            let isInOrder = zip(more.rows, more.rows.dropFirst()).allSatisfy { $0.address < $1.address }
            #expect(isInOrder)
            var empty = UnwindTable(base: 0, rows: [])
            ObjectBytes(Array(damaged.prefix(Int.random(in: 0..<damaged.count, using: &random)))).read {
                _ = empty.addRowsFromCode(of: file, in: $0)
            }
        }
    }
}
