import Foundation
import HearthFiles
import HearthObjectFiles
import HearthProfile
import HearthSymbols
import Testing

/// What linkers, assembly and deploys do to images.
@Suite(.enabled(if: CompiledProgram.canBuild)) struct ImageTests {
    private func name(_ program: CompiledProgram, _ address: UInt64) -> String? {
        Symbolizer(.init(debugFolders: [])).name(at: address, in: program.image)?.short
    }

    // MARK: Addresses

    #if arch(x86_64)
    /// A call that does not return can be the last instruction of a function: behind it stands another one.
    @Test func returnAddressesBelongToTheCaller() throws {
        let program = try CompiledProgram(
            ["-shared", "-nostdlib"],
            source: """
                .text
                .globl caller, behind, stops
                .type caller, @function
                .type behind, @function
                .type stops, @function
                caller: call stops@PLT
                .size caller, .-caller
                behind: ret
                .size behind, .-behind
                stops: jmp stops
                .size stops, .-stops
                """, language: "s")
        let address = try program.address(of: "behind")
        #expect(try program.address(of: "caller") + 5 == address)
        #expect(name(program, CodeAddress.returnAddress(address).lookup) == "caller")
        #expect(name(program, CodeAddress.programCounter(address).lookup) == "behind")
    }

    /// Symbols as they are written by hand: without type, without size, inside of others.
    @Test func assembly() throws {
        let program = try CompiledProgram(
            ["-shared", "-nostdlib"],
            source: """
                .text
                .globl sized, label_in_sized, untyped, unsized, label_in_unsized, last
                .type sized, @function
                sized: .skip 4, 0x90
                label_in_sized: .skip 4, 0x90
                .type unsized_in_sized, @function
                unsized_in_sized: .skip 4, 0x90
                .size sized, .-sized
                gap: .skip 8, 0x90
                untyped: .skip 4, 0x90
                local_label: .skip 4, 0x90
                .type unsized, @function
                unsized: .skip 8, 0x90
                .type last, @function
                last: ret
                .skip 3, 0x90
                .section .other, "ax", @progbits
                .skip 16, 0x90
                """, language: "s")
        func at(_ symbol: String, _ offset: UInt64 = 0) throws -> String? {
            name(program, try program.address(of: symbol) + offset)
        }
        #expect(try at("sized") == "sized")
        #expect(try at("label_in_sized") == "sized")
        #expect(try at("unsized_in_sized", 1) == "unsized_in_sized")
        // Where the function around it ends, that ends too: what is behind is nobody's.
        #expect(try at("gap") == nil)
        #expect(try at("gap", 7) == nil)
        #expect(try at("untyped") == "untyped")
        #expect(try at("local_label", 3) == "untyped")
        #expect(try at("unsized", 7) == "unsized")
        #expect(try at("last", 3) == "last")
        // The end of its section.
        #expect(try at("last", 4) == nil)
        try program.strip()
        // Of the exported ones only that with a size: of the others nobody knows how long they are.
        #expect(try at("sized", 5) == "sized")
        for symbol in ["untyped", "unsized", "last"] { #expect(try at(symbol) == nil, "\(symbol)") }
    }
    #endif

    // MARK: Names of one address

    @Test func ofAliasesTheKnownOneIsShown() throws {
        let program = try CompiledProgram(
            ["-shared", "-fPIC"],
            source: """
                int known(int n) { return n * 7; }
                int __known(int n) __attribute__((alias("known")));
                int _known(int n) __attribute__((alias("known")));
                int known_version_two(int n) __attribute__((alias("known")));
                int brief(int n) __attribute__((weak, alias("known")));
                static int local(int n) __attribute__((used, alias("known")));
                """)
        #expect(try name(program, program.address(of: "known")) == "known")
        #expect(try name(program, program.address(of: "__known") + 1) == "known")
        try program.strip()
        #expect(try name(program, program.address(of: "known")) == "known")
    }

    /// An indirect function is its resolver; what it chooses has names of its own.
    @Test func indirectFunctions() throws {
        let program = try CompiledProgram(
            ["-shared", "-fPIC"],
            source: """
                static int work_plain(int n) { return n * 7; }
                static int work_fast(int n) { return n * 9; }
                int argument_count;
                static int (*choose(void))(int) { return argument_count ? work_fast : work_plain; }
                int work(int n) __attribute__((ifunc("choose")));
                int call(int n) { return work(n); }
                """)
        #expect(try name(program, program.address(of: "work")) == "work")
        #expect(try name(program, program.address(of: "work_plain")) == "work_plain")
        #expect(try name(program, program.address(of: "work_fast")) == "work_fast")
    }

    // MARK: Segments

    private static let farSource = """
        __attribute__((section(".far"), noinline)) int far_work(int n) { return n * 7; }
        int near_work(int n) { return far_work(n) + 1; }
        int main(int n, char **arguments) { return near_work(n); }
        """

    @Test(.enabled(if: Tool.isInstalled("ld.bfd")), arguments: [["-pie", "-fPIE"], ["-no-pie", "-fno-pie"]])
    func severalExecutableSegments(flags: [String]) throws {
        let far = flags[0] == "-pie" ? "0x100000" : "0x900000"
        let program = try CompiledProgram(
            flags + ["-fuse-ld=bfd", "-Wl,--section-start=.far=\(far)"], source: Self.farSource)
        let file = try ObjectBytes(contentsOf: program.path).file()
        let segments = file.loadSegments.filter(\.isExecutable)
        #expect(segments.count == 2)
        for function in ["far_work", "near_work", "main"] {
            let address = try program.address(of: function)
            #expect(name(program, address + 1) == function)
            let segment = try #require(segments.first { $0.address <= address && address < $0.address + $0.fileSize })
            #expect(file.codeAddress(ofFileOffset: address - segment.address + segment.offset) == address)
        }
        #expect(file.codeAddress(ofFileOffset: 1 << 40) == nil)
    }

    /// Other tools' profiles say where which part of a file was mapped, and linkers put code at other addresses than offsets.
    @Test(.enabled(if: Tool.isInstalled("ld.lld"))) func mappingsOfOtherToolsAreUnderstood() throws {
        let program = try CompiledProgram(["-fuse-ld=lld", "-pie", "-fPIE", "-Wl,--build-id"])
        let file = try ObjectBytes(contentsOf: program.path).file()
        let code = try #require(file.loadSegments.first { $0.isExecutable })
        try #require(code.address != code.offset)
        let bias: UInt64 = 0x5555_0000_0000
        // As the kernel maps it, by pages; the bias is what a reader takes who has not seen the file.
        var image = program.image
        image.fileOffset = code.offset & ~0xFFF
        image.start = bias + code.address & ~0xFFF
        image.end = image.start + code.fileSize
        image.bias = image.start - image.fileOffset
        image.buildID = try program.buildID()
        let symbolizer = Symbolizer()
        for function in ["main", "exported_first"] {
            let address = try program.address(of: function) + bias + 1
            #expect(symbolizer.name(at: address - image.bias, in: image)?.short == function)
            // The agent's own images know the bias. It is one file all the same.
            var own = image
            own.bias = bias
            #expect(symbolizer.name(at: address - bias, in: own)?.short == function)
        }
    }

    // MARK: Files that leave their paths

    /// The program's file can be reached as long as it runs, by anybody's leave.
    @Test func theProgramIsNamedWithoutItsPath() throws {
        let object = try ObjectBytes(contentsOf: LoadedLibraries.program)
        let buildID = try #require(try object.buildID())
        let table = try object.symbols(.full)
        let symbol = try #require(table.symbols.first)
        var image = Image(path: "/gone/program", buildID: buildID)
        let name = Symbolizer(.init(debugFolders: [])).name(at: symbol.address, in: image)
        #expect(name?.mangled == object.read { table.name(of: symbol, in: $0) })
        image.buildID = String(buildID.reversed())
        #expect(Symbolizer(.init(debugFolders: [])).name(at: symbol.address, in: image) == nil)
        image.buildID = ""
        #expect(Symbolizer(.init(debugFolders: [])).name(at: symbol.address, in: image) == nil)
    }

    private static let mayOpenMappings: Bool = {
        let folder = "/proc/self/map_files"
        let first = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.first
        return first.map { MappedFile(path: "\(folder)/\($0)") != nil } ?? false
    }()

    /// A library that was deleted, then replaced by another build, goes on being named as it was, until it is unloaded.
    @Test(.enabled(if: mayOpenMappings, "the kernel lets privileged programs only open mapped files"))
    func aReplacedLibraryIsNamedAsItWas() throws {
        let library = try CompiledProgram(["-shared", "-fPIC", "-Wl,--build-id"])
        let handle = unsafe dlopen(library.path, RTLD_NOW | RTLD_LOCAL)
        let loaded = try #require(unsafe dlsym(handle, "exported_work").map { UInt64(UInt(bitPattern: $0)) })
        let address = try library.address(of: "inner_work")
        let bias = loaded - (try library.address(of: "exported_work"))
        var image = library.image
        image.buildID = try library.buildID()
        image.start = loaded
        image.bias = bias
        try FileManager.default.removeItem(atPath: library.path)
        #expect(Symbolizer().name(at: address, in: image)?.short == "inner_work")
        let other = try CompiledProgram(["-shared", "-fPIC", "-Wl,--build-id", "-Dinner_work=other_work"])
        try FileManager.default.copyItem(atPath: other.path, toPath: library.path)
        #expect(Symbolizer().name(at: address, in: image)?.short == "inner_work")
        unsafe dlclose(handle!)
        #expect(Symbolizer().name(at: address, in: image) == nil)
    }

    /// As where a container's files are gone and its build left them with the debugger's.
    @Test(.enabled(if: Tool.isInstalled("objcopy"))) func aDebugFileServesWithoutItsFile() throws {
        let program = try CompiledProgram(["-Wl,--build-id"])
        let address = try program.address(of: "inner_work")
        var image = program.image
        image.buildID = try program.buildID()
        let root = try TemporaryFolder()
        try program.keepDebug(under: root)
        try FileManager.default.removeItem(atPath: program.path)
        #expect(
            Symbolizer(.init(debugFolders: [root.path("")])).name(at: address + 2, in: image)?.short == "inner_work")
        #expect(Symbolizer(.init(debugFolders: [])).name(at: address + 2, in: image) == nil)
        image.buildID = String(image.buildID.reversed())
        #expect(Symbolizer(.init(debugFolders: [root.path("")])).name(at: address + 2, in: image) == nil)
    }

    // MARK: The program's module

    private static let swiftNames = """
        void own(void) __asm__("$s4shop4testyyF");
        void own(void) {}
        void others(void) __asm__("$s4GRDB4testyyF");
        void others(void) {}
        int main(void) { own(); others(); return 0; }
        """

    /// SwiftPM's second name of `main` tells the module; without it the file's name does, if it is the same.
    @Test func theModuleOfTheProgramIsLeftOut() throws {
        let linked = try CompiledProgram(["-Wl,--defsym=shop_main=main"], source: Self.swiftNames)
        #expect(try name(linked, linked.address(of: "$s4shop4testyyF")) == "test()")
        #expect(try name(linked, linked.address(of: "$s4GRDB4testyyF")) == "GRDB.test()")
        let plain = try CompiledProgram([], source: Self.swiftNames)
        #expect(try name(plain, plain.address(of: "$s4shop4testyyF")) == "shop.test()")
        let renamed = plain.folder.path("shop")
        try FileManager.default.copyItem(atPath: plain.path, toPath: renamed)
        let address = try plain.address(of: "$s4shop4testyyF")
        #expect(Symbolizer().name(at: address, in: Image(path: renamed))?.short == "test()")
        #expect(Symbolizer().name(at: address, in: Image(path: renamed))?.full == "shop.test() -> ()")
        // A library is no program.
        let library = try CompiledProgram(
            ["-shared", "-fPIC", "-Wl,--defsym=shop_main=main"], source: Self.swiftNames)
        #expect(try name(library, library.address(of: "$s4shop4testyyF")) == "shop.test()")
        #expect(SymbolName.module(ofProgram: "my-shop 2") == "my_shop_2")
    }

    // MARK: libc

    private static let libcDebugFile: String? = {
        guard let path = LoadedLibraries.path("libc.so"), let id = try? ObjectBytes(contentsOf: path).buildID() else {
            return nil
        }
        let debug = "/usr/lib/debug/.build-id/\(id.prefix(2))/\(id.dropFirst(2)).debug"
        return FileManager.default.fileExists(atPath: debug) ? debug : nil
    }()

    /// What libc calls by names that it does not export is told by Debian's `libc6-dbg`, without which it has none. Copying and
    /// moving memory are one function, of which the shorter or first name is shown.
    @Test(
        .enabled(if: libcDebugFile != nil, "libc6-dbg is not installed"),
        arguments: ["_int_malloc", "_int_free", "__memcpy_avx_unaligned_erms", "__memset_avx2_unaligned_erms"])
    func innerNamesOfLibc(function: String) throws {
        let path = try #require(LoadedLibraries.path("libc.so"))
        let object = try ObjectBytes(contentsOf: try #require(Self.libcDebugFile))
        let table = try object.symbols(.full)
        let symbol = try #require(
            table.symbols.first { symbol in object.read { table.name(of: symbol, in: $0) } == function })
        let image = Image(path: path, buildID: try #require(try ObjectBytes(contentsOf: path).buildID()))
        for offset in [0, UInt64(symbol.size) / 2, UInt64(symbol.size) - 1] {
            #expect(Symbolizer().name(at: symbol.address + offset, in: image)?.short == function)
        }
        #expect(Symbolizer(.init(debugFolders: [])).name(at: symbol.address + 4, in: image) == nil)
    }
}
