import Foundation
import HearthObjectFiles
import HearthProfile
import HearthSymbols
import Testing

@Suite struct SymbolizerTests {
    // MARK: This process

    @Test func theStackOfThisTestIsNamed() throws {
        let addresses = Thread.callStackReturnAddresses.map { CodeAddress.returnAddress(UInt64(truncating: $0)).lookup }
        var profile = Profile(sampleTypes: [.samples])
        var stack = StackID.empty
        for address in addresses.reversed() {
            let image = try #require(try Self.loadedImage(at: address))
            let frame = Frame(name: .empty, image: profile.intern(image), address: address &- image.bias)
            stack = profile.push(profile.intern(frame), on: stack)
        }
        profile.add(Profile.Sample(stack: stack), values: [7])
        let symbolized = Symbolizer().symbolize(profile)
        let names = symbolized.frames.indices.map { symbolized.displayName(FrameID(rawValue: UInt32($0))) }
        #expect(names.contains("HearthSymbolsTests.SymbolizerTests.theStackOfThisTestIsNamed()"))
        #expect(symbolized.total(column: 0) == 7)
        for frame in symbolized.frames where symbolized.image(try #require(frame.image)).path == LoadedLibraries.program
        {
            #expect(frame.isSymbolized)
            #expect(frame.kind == .function)
            #expect(frame.address != 0)
        }
        let name = "HearthSymbolsTests.SymbolizerTests.theStackOfThisTestIsNamed()"
        let own = try #require(symbolized.frames.first { symbolized.strings[$0.name] == name })
        #expect(symbolized.strings[own.fullName].contains("HearthSymbolsTests.SymbolizerTests.theStackOf"))
    }

    @Test(arguments: ["malloc", "free", "qsort", "fopen", "swift_demangle"])
    func functionsOfLibrariesAreNamed(function: String) throws {
        let address = try #require(unsafe dlsym(nil, function).map { UInt64(UInt(bitPattern: $0)) })
        let image = try #require(try Self.loadedImage(at: address))
        let symbolizer = Symbolizer(.init(debugFolders: []))
        #expect(symbolizer.name(at: address - image.bias, in: image)?.short == function)
        #expect(symbolizer.name(at: address - image.bias + 4, in: image)?.mangled == function)
    }

    @Test func aStubIsNamedByWhatItCalls() throws {
        guard let path = LoadedLibraries.path("libdispatch.so") else { return }
        let object = try ObjectBytes(contentsOf: path)
        let file = try object.file()
        let table = object.read { SymbolTable(linkageStubsOf: file, in: $0) }
        let stub = try #require(
            table.symbols.first { symbol in object.read { table.name(of: symbol, in: $0) } == "malloc" })
        let name = try #require(Symbolizer().name(at: stub.address + 3, in: Image(path: path)))
        #expect(name.short == "malloc@plt")
        #expect(name.thunk == .bare)
    }

    @Test func theVDSOIsNamed() throws {
        var image = Image(path: "[vdso]", buildID: "any")
        guard let bytes = Symbolizer.ownVDSO(image) else { return }
        let object = ObjectBytes(bytes)
        image.buildID = try #require(try object.buildID())
        let table = try object.symbols(.dynamic)
        let symbol = try #require(
            table.symbols.first { symbol in object.read { table.name(of: symbol, in: $0) }.contains("clock_gettime") })
        let name = try #require(Symbolizer().name(at: symbol.address + 1, in: image))
        #expect(name.short.contains("clock_gettime"))
        image.buildID = "00"
        #expect(Symbolizer().name(at: symbol.address + 1, in: image) == nil)
    }

    // MARK: Compiled programs

    @Test(.enabled(if: CompiledProgram.canBuild), arguments: [["-no-pie", "-fno-pie"], ["-pie", "-fPIE"]])
    func fixedAndPositionIndependentProgramsAreNamed(flags: [String]) throws {
        let program = try CompiledProgram(flags)
        for function in ["inner_work", "exported_work", "main"] {
            let address = try program.address(of: function)
            let name = Symbolizer().name(at: address + 2, in: program.image)
            #expect(name?.short == function)
        }
        let file = try ObjectBytes(contentsOf: program.path).file()
        #expect(file.type == (flags.contains("-pie") ? .sharedObject : .executable))
        #expect((file.lowestAddress == 0) == flags.contains("-pie"))
    }

    /// A stripped library names what it exports, and nothing else: not the static function between two exported ones.
    @Test(.enabled(if: CompiledProgram.canBuild)) func aStrippedLibraryNamesNoNeighbours() throws {
        let library = try CompiledProgram(["-shared", "-fPIC"])
        let inner = try library.address(of: "inner_work")
        let exported = try library.address(of: "exported_work")
        try library.strip()
        let symbolizer = Symbolizer()
        #expect(symbolizer.name(at: exported + 2, in: library.image)?.short == "exported_work")
        #expect(symbolizer.name(at: inner + 2, in: library.image) == nil)

        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(library.image)
        let frame = profile.intern(Frame(name: .empty, image: image, address: inner + 2))
        profile.add(Profile.Sample(stack: profile.push(frame, on: .empty)), values: [1])
        let symbolized = symbolizer.symbolize(profile)
        #expect(symbolized.displayName(FrameID(rawValue: 0)) == "program+0x\(String(inner + 2, radix: 16))")
    }

    @Test(.enabled(if: CompiledProgram.canBuild && Tool.isInstalled("objcopy")))
    func aDebugFileIsFoundByBuildID() throws {
        let program = try CompiledProgram(["-Wl,--build-id"])
        let address = try program.address(of: "inner_work")
        let root = try TemporaryFolder()
        try program.keepDebug(under: root)
        try program.strip()
        #expect(Symbolizer(.init(debugFolders: [])).name(at: address + 2, in: program.image) == nil)
        #expect(
            Symbolizer(.init(debugFolders: [root.path("")])).name(at: address + 2, in: program.image)?.short
                == "inner_work")
    }

    @Test(.enabled(if: CompiledProgram.canBuild && Tool.isInstalled("objcopy")), arguments: ["", ".debug/"])
    func aDebugFileIsFoundByDebugLink(folder: String) throws {
        let program = try CompiledProgram(["-Wl,--build-id=none"])
        let address = try program.address(of: "inner_work")
        try FileManager.default.createDirectory(
            atPath: program.folder.path(".debug"), withIntermediateDirectories: true)
        let debug = program.folder.path(folder + "program.debug")
        try program.keepDebug(at: debug)
        try program.strip()
        try #require(Tool("objcopy")).run(["--add-gnu-debuglink=\(debug)", program.path])
        #expect(Symbolizer().name(at: address + 2, in: program.image)?.short == "inner_work")
        // A debug file of another build has another checksum.
        var bytes = try ObjectBytes(contentsOf: debug).bytes
        bytes[bytes.count - 1] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: debug))
        #expect(Symbolizer().name(at: address + 2, in: program.image) == nil)
    }

    @Test(.enabled(if: CompiledProgram.canBuild)) func aFileOfAnotherBuildIsNotUsed() throws {
        let program = try CompiledProgram(["-Wl,--build-id"])
        let address = try program.address(of: "main")
        var image = program.image
        image.buildID = try program.buildID()
        #expect(Symbolizer().name(at: address, in: image)?.short == "main")
        image.buildID = String(image.buildID.reversed())
        #expect(Symbolizer().name(at: address, in: image) == nil)
        image.path += ".gone"
        #expect(Symbolizer().name(at: address, in: image) == nil)
    }

    // MARK: The cache

    /// Without a build-id a path is believed as long as the file behind it is the same.
    @Test(.enabled(if: CompiledProgram.canBuild)) func aReplacedFileIsReadAgain() throws {
        let program = try CompiledProgram(["-Wl,--build-id=none"])
        let symbolizer = Symbolizer()
        let address = try program.address(of: "inner_work")
        #expect(symbolizer.name(at: address + 2, in: program.image)?.short == "inner_work")
        try FileManager.default.removeItem(atPath: program.path)
        #expect(symbolizer.name(at: address + 2, in: program.image) == nil)
        let other = try CompiledProgram(["-Wl,--build-id=none", "-Dinner_work=renamed_work"])
        try FileManager.default.copyItem(atPath: other.path, toPath: program.path)
        let moved = try other.address(of: "renamed_work")
        #expect(symbolizer.name(at: moved + 2, in: program.image)?.short == "renamed_work")
    }

    @Test func namesDoNotDependOnTheCache() throws {
        let path = LoadedLibraries.program
        let object = try ObjectBytes(contentsOf: path)
        let table = try object.symbols(.full)
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(Image(path: path, buildID: try object.buildID() ?? ""))
        for symbol in table.symbols.prefix(3000) {
            let frame = profile.intern(Frame(name: .empty, image: image, address: symbol.address))
            profile.add(Profile.Sample(stack: profile.push(frame, on: .empty)), values: [1])
        }
        let keeping = Symbolizer()
        let forgetting = Symbolizer(.init(cacheLimit: 0))
        let first = keeping.symbolize(profile)
        #expect(first.frames.allSatisfy { $0.isSymbolized })
        for other in [keeping.symbolize(profile), forgetting.symbolize(profile), forgetting.symbolize(profile)] {
            #expect(other.frames == first.frames)
            #expect(other.strings.strings == first.strings.strings)
        }
        // What has a name keeps it.
        #expect(keeping.symbolize(first).frames == first.frames)
    }

    // MARK: Thunks

    /// A stub that calls a function of another name stays; one before its own function goes, and the leaf stays anyhow.
    @Test func thunksBeforeTheirFunctionAreFolded() throws {
        let path = LoadedLibraries.program
        let object = try ObjectBytes(contentsOf: path)
        let table = try object.symbols(.full)
        // A witness, and the method that it passes on to.
        func symbol(_ part: String, isThunk: Bool) throws -> UInt64 {
            try #require(
                table.symbols.first { symbol in
                    let mangled = object.read { table.name(of: symbol, in: $0) }
                    guard mangled.contains("ThunkedShape"), mangled.contains(part) else { return false }
                    let name = SymbolName(mangled: mangled)
                    return name.short.hasSuffix("ThunkedShape.area(scale:)") && (name.thunk != nil) == isThunk
                }
            ).address
        }
        let shapes: [any Thunked] = [ThunkedShape(side: 3)]
        #expect(shapes[0].area(scale: 2) == 18)
        let addresses = (
            witness: try symbol("TW", isThunk: true), method: try symbol("ThunkedShape", isThunk: false)
        )
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(Image(path: path))
        func push(_ addresses: [UInt64], _ value: Int64) {
            var stack = StackID.empty
            for address in addresses {
                stack = profile.push(profile.intern(Frame(name: .empty, image: image, address: address)), on: stack)
            }
            profile.add(Profile.Sample(stack: stack), values: [value])
        }
        push([addresses.witness, addresses.method], 1)
        push([addresses.method], 2)
        push([addresses.witness], 4)
        push([addresses.method, addresses.method], 8)
        let symbolizer = Symbolizer()
        func depths(_ profile: Profile) -> [Int64: Int] {
            var depths: [Int64: Int] = [:]
            for (row, sample) in profile.samples.enumerated() {
                depths[profile.value(row: row, column: 0)] = Array(profile.stacks.framesLeafFirst(sample.stack)).count
            }
            return depths
        }
        #expect(depths(symbolizer.symbolize(profile).hidingThunks()) == [3: 1, 4: 1, 8: 2])
        #expect(depths(symbolizer.symbolize(profile)) == [1: 2, 2: 1, 4: 1, 8: 2])
        #expect(symbolizer.symbolize(profile).total(column: 0) == 15)
    }

    private static func loadedImage(at address: UInt64) throws -> Image? {
        guard let mapping = LoadedLibraries.mappings.first(where: { $0.addresses.contains(address) }) else {
            return nil
        }
        let start = LoadedLibraries.mappings.filter { $0.path == mapping.path }.map(\.addresses.lowerBound).min() ?? 0
        let file = try ObjectBytes(contentsOf: mapping.path).file()
        return Image(path: mapping.path, start: start, bias: start &- file.lowestAddress)
    }
}

private protocol Thunked {
    func area(scale: Double) -> Double
}

private struct ThunkedShape: Thunked {
    var side: Double

    @inline(never) func area(scale: Double) -> Double { side * side * scale }
}
