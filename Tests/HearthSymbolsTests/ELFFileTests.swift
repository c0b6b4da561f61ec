import Foundation
import HearthObjectFiles
import Testing

@Suite struct ELFFileTests {
    @Test(.enabled(if: Tool.isInstalled("readelf")))
    func buildIDsAgreeWithReadelf() throws {
        var compared = 0
        for path in LoadedLibraries.paths {
            guard let object = try? ObjectBytes(contentsOf: path), (try? object.file()) != nil else { continue }
            let notes = try #require(Tool("readelf")).run(["-n", path], allowing: [0, 1])
            let expected = notes.firstMatch(of: /Build ID: ([0-9a-f]+)/).map { String($0.1) }
            #expect(try object.buildID() == expected, "\(path)")
            if let expected {
                compared += 1
                #expect(try object.mapped().buildID() == expected, "\(path) as mapped")
            }
        }
        #expect(compared > 0)
    }

    @Test(.enabled(if: Tool.isInstalled("readelf")))
    func sectionsAndSegmentsAgreeWithReadelf() throws {
        let path = LoadedLibraries.program
        let file = try ObjectBytes(contentsOf: path).file()
        let text = try #require(Tool("readelf")).run(["-S", "-l", "-W", path], allowing: [0, 1])
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        for section in file.sections where section.type != 0 {
            let address = String(repeating: "0", count: 16) + String(section.address, radix: 16)
            #expect(
                lines.contains { $0.contains(Substring(section.name)) && $0.contains(address.suffix(16)) },
                "\(section.name)")
        }
        #expect(lines.filter { $0.first == "LOAD" }.count == file.loadSegments.count)
        #expect(file.type == .sharedObject || file.type == .executable)
        #expect(file.section(named: ".eh_frame") != nil)
        #expect(file.section(named: ".no_such_section") == nil)
    }

    /// The unwind rows of an image in memory, where `PT_GNU_EH_FRAME` leads to them, are those of the file.
    @Test func unwindRowsDoNotNeedSections() throws {
        for library in ["libc.so", "libstdc++.so", "libm.so"] {
            guard let path = LoadedLibraries.path(library) else { continue }
            let object = try ObjectBytes(contentsOf: path)
            let fromFile = try object.unwindTable()
            let fromMemory = try object.mapped().unwindTable()
            #expect(fromFile.rows.count > 1000)
            #expect(fromFile.base == fromMemory.base)
            #expect(fromFile.rows == fromMemory.rows)
        }
    }

    @Test func whatIsNoELFFileIsRefusedByItsByte() {
        #expect(throws: ObjectFileError(.notELF, byte: 0)) { try ObjectBytes([]).file() }
        #expect(throws: ObjectFileError(.notELF, byte: 0)) { try ObjectBytes(Array("#!/bin/sh\n".utf8)).file() }
        #expect(throws: ObjectFileError(.not64Bit, byte: 4)) {
            try ObjectBytes([0x7F, 0x45, 0x4C, 0x46, 1, 1, 1, 0]).file()
        }
        #expect(throws: ObjectFileError(.notLittleEndian, byte: 5)) {
            try ObjectBytes([0x7F, 0x45, 0x4C, 0x46, 2, 2, 1, 0]).file()
        }
        let error = ObjectFileError(.truncatedHeader, byte: 8)
        #expect(throws: error) { try ObjectBytes([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]).file() }
        #expect(error.description == "the ELF header is cut off (byte 8)")
    }
}
