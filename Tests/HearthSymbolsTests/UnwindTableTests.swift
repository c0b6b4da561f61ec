import Foundation
import HearthObjectFiles
import Testing

@Suite struct UnwindTableTests {
    /// Every row that binutils reads, from libraries of three compilers and hand-written assembly.
    @Test(
        .enabled(if: Tool.isInstalled("readelf")),
        arguments: [
            "libc.so", "ld-linux", "libstdc++.so", "libswiftCore.so", "libm.so", "libswift_Concurrency.so",
            "libFoundation.so",
        ])
    func allRowsAgreeWithReadelf(library: String) throws {
        // A program with the standard library linked in has no such file mapped.
        guard let path = LoadedLibraries.path(library) else { return }
        let table = try ObjectBytes(contentsOf: path).unwindTable()
        let expected = try ReadelfRow.all(of: path)
        #expect(table.skippedEntries == 0)
        #expect(expected.count > 500)
        var wrong: [String] = []
        for row in expected {
            for address in [row.start, row.end - 1] where !row.agrees(with: table.row(at: address)) {
                let found = table.row(at: address).map { "\($0.kind) \($0.offset) \(String($0.rule, radix: 16))" }
                wrong.append("\(String(address, radix: 16)): \(row.text), found \(found ?? "none")")
            }
        }
        #expect(wrong.isEmpty, "\(wrong.count) of \(expected.count): \(wrong.prefix(10).joined(separator: "\n"))")
    }

    @Test func rowsAreSortedAndMerged() throws {
        let path = try #require(LoadedLibraries.path("libc.so") ?? LoadedLibraries.path("ld-"))
        let table = try ObjectBytes(contentsOf: path).unwindTable()
        #expect(table.rows.count > 1000)
        let isInOrder = zip(table.rows, table.rows.dropFirst()).allSatisfy {
            $0.address < $1.address && $0.rule != $1.rule
        }
        #expect(isInOrder)
        #expect(table.row(at: table.base &- 1) == nil)
        #expect(table.row(at: .max) == nil)
    }
}

/// A row of `readelf --debug-dump=frames-interp`.
private struct ReadelfRow {
    var start: UInt64
    var end: UInt64
    var frameAddress: Substring
    var framePointer: Substring?
    var returnAddress: Substring
    var isSignalFrame: Bool
    var text: Substring

    static func all(of path: String) throws -> [ReadelfRow] {
        // It ends with 1 when the separate debug file that a library links to is not whole, and prints all the same.
        let text = try #require(Tool("readelf")).run(["--debug-dump=frames-interp", path], allowing: [0, 1])
        var rows: [ReadelfRow] = []
        var signalEntries: Set<Substring> = []
        var entryEnd: UInt64?
        var signal = false
        var columns: [Substring] = []
        for line in text.split(separator: "\n") {
            // `r5 (rdi)` is one word.
            let words = line.split(separator: " ").filter { !$0.hasPrefix("(") }
            if words.count > 4, words[3] == "CIE" {
                entryEnd = nil
                if words[4].contains("S") { signalEntries.insert(words[0]) }
            } else if words.count > 5, words[3] == "FDE" {
                signal = signalEntries.contains(words[4].dropFirst("cie=".count))
                let range = words[5].dropFirst("pc=".count).split(separator: "..")
                entryEnd = range.count == 2 ? UInt64(range[1], radix: 16) : nil
            } else if words.first == "LOC" {
                columns = words
            } else if let end = entryEnd, words.count == columns.count, words[0].count == 16,
                let start = UInt64(words[0], radix: 16)
            {
                if let last = rows.indices.last, rows[last].end == end, rows[last].start <= start {
                    rows[last].end = start
                    if rows[last].start == start { rows.removeLast() }
                }
                // Some entries have a rule that begins behind their end.
                guard start < end else { continue }
                rows.append(
                    ReadelfRow(
                        start: start, end: end, frameAddress: words[1],
                        framePointer: columns.firstIndex(of: "rbp").map { words[$0] },
                        returnAddress: columns.firstIndex(of: "ra").map { words[$0] } ?? "", isSignalFrame: signal,
                        text: line))
            }
        }
        return rows
    }

    func agrees(with row: UnwindRow?) -> Bool {
        guard let row else { return false }
        if isSignalFrame { return row.kind == .signalFrame }
        if returnAddress == "u" { return row.kind == .endOfStack }
        // This dump does not show what the expression is.
        if frameAddress == "exp" { return [.procedureLinkage, .dereference, .unsupported].contains(row.kind) }
        guard returnAddress == "c-8", framePointer != "exp", framePointer != "vexp",
            let plus = frameAddress.firstIndex(where: { $0 == "+" || $0 == "-" }),
            let offset = Int(frameAddress[plus...])
        else { return row.kind == .unsupported }
        let register = frameAddress[..<plus]
        guard register == "rsp" || register == "rbp", offset >= 0, offset % 8 == 0 else {
            return row.kind == .unsupported
        }
        var saved: Int?
        if let framePointer, framePointer != "u", framePointer != "s" {
            guard framePointer.hasPrefix("c"), let distance = Int(framePointer.dropFirst()) else {
                return row.kind == .unsupported
            }
            saved = -distance
        }
        return row.kind == (register == "rsp" ? .stackPointer : .framePointer) && row.offset == offset
            && row.savedFramePointer == saved
    }
}
