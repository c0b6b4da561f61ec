import Foundation
import HearthDebugInfo
import HearthSymbols
import HearthTestRuns
import Testing

/// Against llvm-symbolizer, which comes with the Swift toolchain: the same functions, files and lines at every address.
@Suite(.enabled(if: Toolchain.path("llvm-symbolizer") != nil && Toolchain.path("readelf") != nil))
struct DWARFReaderTests {
    typealias Form = CompiledProgram.Form

    private static let forms = [
        Form(compiler: "clang", flags: ["-O2", "-gdwarf-4"]), Form(compiler: "clang", flags: ["-O2", "-gdwarf-5"]),
        Form(compiler: "clang", flags: ["-O0", "-gdwarf-5"]),
        Form(compiler: "clang", flags: ["-O2", "-gdwarf-5", "-no-pie", "-fno-pie"]),
        Form(compiler: "clang", flags: ["-O2", "-gdwarf-5", "-ffunction-sections", "-Wl,--gc-sections"]),
        Form(compiler: "gcc", flags: ["-O2", "-gdwarf-4"]), Form(compiler: "gcc", flags: ["-O2", "-gdwarf-5"]),
        Form(compiler: "gcc", flags: ["-O2", "-gdwarf-5", "-gz"]), Form(compiler: "gcc", flags: ["-O2", "-gdwarf-3"]),
        Form(compiler: "g++", flags: ["-O2", "-g"], source: .cpp),
        Form(compiler: "swiftc", flags: ["-O", "-g"], source: .swift),
        Form(compiler: "swiftc", flags: ["-Onone", "-g"], source: .swift),
    ].filter(\.isPossible)

    @Test(arguments: forms) func everyAddressIsNamedAsByLLVM(form: Form) throws {
        let program = try CompiledProgram(form)
        let addresses = try program.addresses()
        let ours = try DWARFReader().frames(at: addresses, inFileAt: program.path)
        let theirs = try Self.llvm(program, addresses)
        try #require(ours.count == theirs.count)
        var inlined = 0
        for index in addresses.indices {
            let own = Self.text(ours, index)
            // Start-up code has no debug information; llvm-symbolizer asks the symbol table then.
            if own.isEmpty { continue }
            #expect(own == theirs[index], "at 0x\(String(addresses[index], radix: 16))")
            if own.count > 1 { inlined += 1 }
        }
        if form.flags.contains("-O2") { #expect(inlined > 20) }
    }

    /// The code of a closure stands elsewhere than that of the function which it is declared in.
    @Test(arguments: forms) func oneAddressAloneIsNamedAsAmongOthers(form: Form) throws {
        let program = try CompiledProgram(form)
        let addresses = try program.addresses()
        let together = try DWARFReader().frames(at: addresses, inFileAt: program.path)
        for index in stride(from: 0, to: addresses.count, by: max(addresses.count / 200, 1)) {
            let alone = try DWARFReader().frames(at: [addresses[index]], inFileAt: program.path)
            #expect(Self.text(alone, 0) == Self.text(together, index), "at 0x\(String(addresses[index], radix: 16))")
        }
    }

    /// Innermost first.
    private static func text(_ frames: SourceFrames, _ index: Int) -> [String] {
        frames[index].reversed().map { entry in
            let function = entry.function == 0 ? "??" : frames.strings[Int(entry.function)]
            return "\(function) \(place(frames.strings[Int(entry.file)], Int(entry.line)))"
        }
    }

    /// Innermost first.
    private static func llvm(_ program: CompiledProgram, _ addresses: [UInt64]) throws -> [[String]] {
        let list = program.folder.path("addresses")
        let text = addresses.map { "0x\(String($0, radix: 16))\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: list))
        let output = try Toolchain.run(
            "llvm-symbolizer", ["--obj=\(program.path)", "--inlines", "--functions=linkage", "--no-demangle"],
            input: list)
        return output.components(separatedBy: "\n\n").dropLast().map { answer in
            let lines = answer.split(separator: "\n").map(String.init)
            return stride(from: 0, to: lines.count - 1, by: 2).map { index in
                let parts = lines[index + 1].split(separator: ":")
                return "\(lines[index]) \(place(String(parts[0]), Int(parts.dropLast().last ?? "") ?? 0))"
            }
        }
    }

    /// Line 0 is no line, and what the compiler made up has no file.
    private static func place(_ file: String, _ line: Int) -> String {
        line == 0 || file.hasSuffix("<compiler-generated>") ? "" : "\(file):\(line)"
    }

    // MARK: What is not there, and what is broken

    @Test func aFileWithoutDebugInformationSaysNothing() throws {
        let program = try CompiledProgram(Form(compiler: "clang", flags: ["-O2"]))
        let addresses = try program.addresses()
        do {
            let frames = try DWARFReader().frames(at: addresses, inFileAt: program.path)
            #expect(addresses.indices.allSatisfy { frames[$0].isEmpty })
        } catch {
            #expect("\(error)".contains("cannot be read"))
        }
    }

    @Test func whatIsNoObjectFileIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("text")
        try Data("no object file at all".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: DebugInfoError.self) { try DWARFReader().frames(at: [1], inFileAt: path) }
        #expect(throws: DebugInfoError.self) { try DWARFReader().frames(at: [1], inFileAt: folder.path("absent")) }
    }

    /// Cut short and changed in hundreds of places: an error or fewer names, but an end.
    @Test(arguments: ["-gdwarf-4", "-gdwarf-5"]) func brokenFilesDoNoHarm(flag: String) throws {
        let program = try CompiledProgram(Form(compiler: "clang", flags: ["-O2", flag]))
        let addresses = try program.addresses()
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: program.path)))
        let damaged = program.folder.path("damaged")
        func read(_ bytes: some Sequence<UInt8>) throws -> Bool {
            try Data(bytes).write(to: URL(fileURLWithPath: damaged))
            return (try? DWARFReader().frames(at: addresses, inFileAt: damaged)) != nil
        }
        #expect(try read(whole))
        for size in stride(from: 1, to: whole.count, by: whole.count / 97) { _ = try read(whole.prefix(size)) }
        let sections = try Self.debugSections(program.path)
        var readable = 0
        var place: UInt64 = 0x9E37_79B9_7F4A_7C15
        for round in 0..<400 {
            var bytes = whole
            for _ in 0...(round % 4) {
                place = place &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let section = sections[Int(place >> 33) % sections.count]
                guard !section.isEmpty else { continue }
                bytes[section.lowerBound + Int(place >> 20) % section.count] = UInt8(truncatingIfNeeded: place >> 50)
            }
            if try read(bytes) { readable += 1 }
        }
        #expect(readable > 0)
    }

    /// Where `.debug_…` stand in a file.
    private static func debugSections(_ path: String) throws -> [Range<Int>] {
        try Toolchain.run("readelf", ["-SW", path]).split(separator: "\n").compactMap { line in
            guard line.contains(" .debug_"), let bracket = line.firstIndex(of: "]") else { return nil }
            let words = line[bracket...].split(separator: " ")
            guard let offset = Int(words[4], radix: 16), let size = Int(words[5], radix: 16) else { return nil }
            return offset..<offset + size
        }
    }
}
