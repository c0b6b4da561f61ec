import Foundation
import HearthObjectFiles
import HearthRandom
import Testing

/// Files that lie. What counts is that every reader comes back: a trap or a hang ends the test program.
@Suite struct HostileFileTests {
    /// A small real library, so that many variants can be tried.
    private func sample() throws -> ObjectBytes {
        let path = try #require(
            LoadedLibraries.path("libdl.so") ?? LoadedLibraries.path("libgcc_s.so") ?? LoadedLibraries.path("libm.so"))
        return try ObjectBytes(contentsOf: path)
    }

    /// Everything that is read of a file.
    private func readAll(_ bytes: [UInt8]) -> Int {
        var found = 0
        for layout in [ELFFile.Layout.file, .memory] {
            let object = ObjectBytes(bytes, layout: layout)
            guard let file = try? object.file() else { continue }
            object.read { bytes in
                _ = file.buildID(in: bytes)
                _ = file.debugLink(in: bytes)
                for source in [SymbolTable.Source.full, .dynamic] {
                    let table = SymbolTable(file, in: bytes, source: source)
                    found += table.symbols.count
                    for symbol in table.symbols.prefix(50) {
                        _ = table.name(of: symbol, in: bytes)
                        _ = table.symbol(at: symbol.address &+ UInt64(symbol.size))
                    }
                }
                found += AsyncFunctions(file, in: bytes).ranges.count
                found += SymbolTable(linkageStubsOf: file, in: bytes).symbols.count
                let rows = UnwindTable(file, in: bytes)
                found += rows.rows.count
                _ = rows.row(at: rows.base &+ 1)
            }
        }
        return found
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    @Test func truncatedAtManyPlaces() throws {
        let whole = try sample().bytes
        #expect(readAll(whole) > 0)
        var random = SeededGenerator(seed: 1)
        for length in Array(0..<128) + (0..<100).map({ _ in Int.random(in: 0..<whole.count, using: &random) }) {
            _ = readAll(Array(whole.prefix(length)))
        }
    }

    @Test func damagedHeaders() throws {
        let whole = try sample().bytes
        var random = SeededGenerator(seed: 2)
        let file = try ObjectBytes(whole).file()
        // The headers at both ends, the symbols and the unwind information are where a lie goes far.
        var places = Array(0..<64 + 56 * file.segments.count)
        places += Array((whole.count - 64 * file.sections.count)..<whole.count)
        for name in [
            ".dynsym", ".dynamic", ".gnu.hash", ".eh_frame", ".eh_frame_hdr", ".note.gnu.build-id", ".rela.plt",
        ] {
            guard let section = file.section(named: name) else { continue }
            places += Array(Int(section.offset)..<Int(section.offset + section.size))
        }
        for _ in 0..<300 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                guard let place = places.randomElement(using: &random) else { continue }
                damaged[place] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
                    .randomElement(using: &random)!
            }
            _ = readAll(damaged)
        }
    }

    /// A section that begins inside another is empty, so that thousands cannot claim the same bytes.
    @Test func sectionsThatOverlapAreEmpty() throws {
        var object = try sample()
        let file = try object.file()
        let code = try #require(file.section(named: ".text"))
        let changed = try #require(file.sections.firstIndex { $0.name == ".eh_frame" })
        #expect(try object.unwindTable().rows.count > 0)
        // The section headers stand last, 64 bytes each, the offset at 24.
        let header = object.bytes.count - 64 * (file.sections.count - changed)
        object.bytes.replaceSubrange(
            header + 24..<header + 28, with: Self.littleEndian(UInt32(truncatingIfNeeded: code.offset) + 1))
        let lying = try object.file()
        #expect(lying.sections[changed].offset == code.offset + 1)
        #expect(lying.sections[changed].size == 0)
        #expect(lying.sections.indices.filter { lying.sections[$0] != file.sections[$0] } == [changed])
        #expect(try object.unwindTable().rows.isEmpty)
    }

    /// A symbol table in which every name goes on to the end of the strings.
    @Test func namesThatGoOnAreReadUpToALimit() throws {
        let short = Self.fileOfOverlappingNames(length: 9_000, symbols: 50)
        #expect(try short.symbols(.full).symbols.count == 1)
        let symbol = try short.symbols(.full).symbols[0]
        let name = try short.read { try short.symbols(.full).name(of: symbol, in: $0) }
        #expect(name.count == 8_951, "the shortest")
        let long = Self.fileOfOverlappingNames(length: 600_000, symbols: 20_000)
        let found = try long.symbols(.full)
        #expect(found.symbols.count == 1)
        #expect(long.read { found.name(of: found.symbols[0], in: $0) } == "", "of more than 16 KiB none is read")
        let headers = try long.file()
        #expect(long.read { AsyncFunctions(headers, in: $0) }.ranges.isEmpty)
    }

    /// Functions at one address, each name the rest of one text, the first the longest.
    private static func fileOfOverlappingNames(length: Int, symbols: Int) -> ObjectBytes {
        let name = [UInt8](repeating: UInt8(ascii: "$"), count: length)
        let strings = name + [UInt8](repeating: 0, count: 8 - length % 8)
        var table = [UInt8](repeating: 0, count: 24)
        for index in 0..<symbols {
            let words: [UInt32] = [UInt32(index), 3 << 16 | 0x12, 0x1000, 0, 8, 0]
            table += words.flatMap(littleEndian)
        }
        let tableStart = UInt32(64 + strings.count)
        let end = tableStart + UInt32(table.count)
        let headers: [[UInt32]] = [
            .init(repeating: 0, count: 16),
            [0, 2, 0, 0, 0, 0, tableStart, 0, UInt32(table.count), 0, 2, 0, 0, 0, 24, 0],
            [0, 3, 0, 0, 0, 0, 64, 0, UInt32(strings.count), 0, 0, 0, 0, 0, 0, 0],
            [0, 1, 6, 0, 0x1000, 0, end, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
        (header[16], header[18], header[52], header[58], header[60]) = (3, 62, 64, 64, UInt8(headers.count))
        header.replaceSubrange(40..<44, with: littleEndian(end))
        return ObjectBytes(header + strings + table + headers.joined().flatMap(littleEndian))
    }

    @Test func rubbishAsUnwindInformation() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            // Lengths that are small enough to be believed, else the first entry ends it all.
            var bytes: [UInt8] = []
            for _ in 0..<20 {
                let length = UInt32.random(in: 4...40, using: &random)
                bytes += Self.littleEndian(length)
                let isCommon = Bool.random(using: &random)
                let back = isCommon ? 0 : UInt32.random(in: 0...64, using: &random)
                bytes += Self.littleEndian(back)
                var body = (4..<Int(length)).map { _ in UInt8.random(in: 0...255, using: &random) }
                if isCommon, body.count > 12 {
                    body.replaceSubrange(0..<8, with: [1, UInt8(ascii: "z"), UInt8(ascii: "R"), 0, 1, 0x78, 16, 1])
                }
                bytes += body
            }
            let table = UnwindTable(ehFrame: unsafe bytes.span.bytes, address: .random(in: 0 ... .max, using: &random))
            for (left, right) in zip(table.rows, table.rows.dropFirst()) { #expect(left.address < right.address) }
        }
    }
}
