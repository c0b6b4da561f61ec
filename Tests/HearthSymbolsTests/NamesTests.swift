import Foundation
import HearthObjectFiles
import HearthProfile
import HearthRandom
import HearthSymbols
import Testing

@Suite struct NamesTests {
    /// Mangled names met in Foundation, the standard library, NIO, GRDB, Hummingbird, the compiler's own tools and a small program,
    /// `shop`, with the short name and the kind of thunk that each must have.
    @Test func shortSwiftNames() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/swift-names.tsv").path
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 150)
        for line in lines {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(columns.count == 3)
            let name = SymbolName(mangled: columns[0], program: "shop")
            #expect(name.short == columns[1], "\(name.full)")
            #expect(name.thunk.map { "\($0)" } ?? "" == columns[2], "\(name.full)")
            #expect(name.full != name.mangled)
        }
    }

    /// Thousands of names of this program and of Swift's libraries: whatever they are, nothing of mangling is left, and nothing
    /// that only the demangler says.
    @Test(arguments: ["", "libFoundation.so", "libFoundationE", "libswiftCore.so", "libswift_Concurrency.so"])
    func noShortNameNeedsToBeExplained(library: String) throws {
        let path = library.isEmpty ? LoadedLibraries.program : LoadedLibraries.path(library)
        guard let path else { return }
        let object = try ObjectBytes(contentsOf: path)
        let full = try object.symbols(.full)
        let table = full.isEmpty ? try object.symbols(.dynamic) : full
        let step = max(table.symbols.count / 4_000, 1)
        var seen = 0
        var wrong: [String] = []
        for index in stride(from: 0, to: table.symbols.count, by: step) {
            let mangled = object.read { table.name(of: table.symbols[index], in: $0) }
            guard mangled.hasPrefix("$s") else { continue }
            let name = SymbolName(mangled: mangled)
            // One in a thousand could unfold too far, and stays as it is.
            if name.full == mangled { continue }
            let short = name.short
            seen += 1
            let isBalanced = short.count { $0 == "(" } == short.count { $0 == ")" }
            let isPlain =
                !Self.jargon.contains { short.contains($0) } && !short.contains(/\$s[0-9]|in _[0-9A-F]{8}|#[0-9]/)
            if short.isEmpty || !isBalanced || !isPlain { wrong.append("\(short) of \(mangled)") }
        }
        #expect(seen > 500)
        #expect(wrong == [])
    }

    private static let jargon = [
        " -> ", "unmangled suffix", "specialization <", "(extension in", "@callee", "  ", "partial apply",
        "resume partial", "protocol witness", "accessor for type", "conformance ", "_allocating", "_deallocating",
    ]

    @Test(arguments: [
        ("_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector::push_back"),
        ("_ZN4llvm11raw_ostreamlsEPKc", "llvm::raw_ostream::operator<<"),
        ("_ZN12_GLOBAL__N_13fooEv", "(anonymous namespace)::foo"),
        ("_ZNK3FooclEi", "Foo::operator()"),
        ("_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6appendEPKc", "std::basic_string::append"),
        ("_Z3maxIiET_S0_S0_", "max"),
        ("_ZN3FoocvbEv", "Foo::operator bool"),
        ("_ZNK3FoossERKS_", "Foo::operator<=>"),
        ("_ZltIiEbRK3BoxIT_ES4_", "operator<"),
        ("_Znwm", "operator new"),
        ("_ZThn8_N3Bar3runEv", "Bar::run"),
        ("_ZZ3foovENKUlvE_clEv", "foo::{lambda#1}::operator()"),
        ("_ZN3Foo3barEv.part.0", "Foo::bar"),
        (
            "_ZNK4llvm15FunctionSummary6FFlagscvNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEEv",
            "llvm::FunctionSummary::FFlags::operator std::basic_string"
        ),
        ("_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"),
    ])
    func shortCxxNames(mangled: String, short: String) {
        let name = SymbolName(mangled: mangled)
        #expect(name.short == short, "\(name.full)")
        #expect(name.thunk == (mangled.hasPrefix("_ZTh") ? .namesake : nil))
    }

    @Test(arguments: [
        ("_int_free.part.0", "_int_free"), ("__memmove_avx_unaligned_erms", "__memmove_avx_unaligned_erms"),
        ("CFStringTrim.cold.1", "CFStringTrim"), ("a.b", "a.b"), (".hidden", ".hidden"), ("main", "main"),
        ("objectdestroy.12Tm", "objectdestroy"), ("block_copy_helper.7", "block_copy_helper"), ("a.5T", "a.5T"),
        ("__dispatch_io_create_with_io_block_invoke_2.cold.1", "block 2 in dispatch_io_create_with_io"),
        ("___dispatch_worker_block_invoke", "block 1 in _dispatch_worker"), ("___block_invoke", "___block_invoke"),
        ("async_MainTQ0_", "async_Main"), ("async_MainTY12_", "async_Main"), ("TQ0_", "TQ0_"), ("MTQ_", "MTQ_"),
    ])
    func shortCNames(symbol: String, short: String) {
        let name = SymbolName(mangled: symbol)
        #expect(name.short == short)
        #expect(name.full == symbol)
    }

    /// The parts of one async function are one function in a graph.
    @Test func resumePartsHaveTheNameOfTheirFunction() {
        let parts = ["", "TQ0_", "TY1_", "TQ2_", "TY3_"].map { SymbolName(mangled: "$s4shop6WorkerC3runyyYaF" + $0) }
        #expect(Set(parts.map(\.short)) == ["shop.Worker.run()"])
        #expect(Set(parts.map(\.full)).count == parts.count)
    }

    @Test func whatIsNoNameIsLeftAsItIs() {
        for text in ["", " ", "library+0x12", "$s", "$sXX", "_Z", "0x1234", "ö ü", "(", "<<<", "closure #1"] {
            let name = SymbolName(mangled: text)
            #expect(!name.short.isEmpty || text.isEmpty)
        }
        #expect(SwiftName(demangled: "f(x: Swift.Int) -> ()").short == "f(x:)")
        #expect(SwiftName(demangled: "main.f(x: Swift.Int, Swift.Int) -> ()").short == "main.f(x:_:)")
        #expect(SwiftName(demangled: "main.f(x: Swift.Int, Swift.Int) -> ()", program: "main").short == "f(x:_:)")
    }

    /// Each of these refers to its own parts, and those to others: whole they would be gigabytes.
    @Test func namesThatUnfoldWithoutEndStayMangled() {
        func base36(_ number: Int) -> String { String(number, radix: 36, uppercase: true) }
        // f(P<A, A>, P<P<A, A>, P<A, A>>, …)
        func cxx(_ depth: Int) -> String {
            (0..<depth).reduce("_Z1f1PI1AS0_E") { $0 + "S_IS\(base36($1 + 1))_S\(base36($1 + 1))_E" }
        }
        func swift(_ depth: Int) -> String {
            (0..<depth).reduce("$s4demo1fyyAA1PVyS2iG_") { $0 + "ADyA2\(Unicode.Scalar(UInt8(69 + $1)))G" } + "tF"
        }
        for depth in [30, 300] {
            #expect(SymbolName(mangled: cxx(depth)).full == cxx(depth))
            #expect(SymbolName(mangled: cxx(depth)).short == cxx(depth))
        }
        #expect(SymbolName(mangled: swift(21)).full == swift(21))
        // So far they may.
        #expect(SymbolName(mangled: cxx(4)).short == "f")
        #expect(SymbolName(mangled: swift(6)).short == "demo.f(_:_:_:_:_:_:_:)")
        // In words and numbers.
        let words = "$s" + "26" + String(repeating: "Ab", count: 13) + String(repeating: "0aaaaaaA0", count: 1_000)
        #expect(SymbolName(mangled: words).full.utf8.count < 1 << 20)
        let numbers = "$s4demo1fyy" + String(repeating: "S2048i", count: 2_000) + "tF"
        #expect(SymbolName(mangled: numbers).full.utf8.count < 1 << 24)
    }

    /// Long names of the Swift toolchain, of which none may be taken for such.
    @Test(.enabled(if: Tool.isInstalled("nm"))) func longNamesAreDemangled() throws {
        let path = try #require(LoadedLibraries.path("libFoundation.so") ?? LoadedLibraries.path("libswiftCore.so"))
        let output = try #require(Tool("nm")).run(["-D", "--defined-only", path])
        let names = output.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
            .filter { $0.hasPrefix("$s") && $0.utf8.count > 100 }
        let mangled = names.count { SymbolName(mangled: $0).full == $0 }
        #expect(names.count > 300)
        #expect(mangled * 100 < names.count, "\(mangled) of \(names.count)")
    }

    /// Real names cut and stirred: what counts is that each comes back, and no longer than it went in.
    @Test func stirredNamesComeBack() throws {
        let fragments = [
            "closure #1 (Swift.Int) -> () in ", "generic specialization <", "> of ", "protocol witness for ",
            " in conformance ", "(extension in M):", "merged ", "(2) await resume partial function for ", "<", ">", "(",
            ")", "[", "]", " -> ", " : ", ", ", ".", "Swift.", "(name in _ABC)", "(in _", " #1", " in ", " infix", "`",
            "getter", "subscript", "static ", "lazy protocol witness table accessor for type ", " and conformance ",
            "outlined copy of ", " value witness for ", "default argument 0 of ", " with unmangled suffix \"", "A.B",
            "ü",
            "vtable thunk for ", " dispatching to ", "reabstraction thunk", "operator", "::", "{lambda", "[abi:",
            "[clone ",
        ]
        var random = SeededGenerator(seed: 11)
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...14, using: &random) { text += fragments.randomElement(using: &random)! }
            let swift = SwiftName(demangled: text)
            #expect(!swift.short.isEmpty)
            #expect(!CxxName(demangled: text).short.isEmpty)
        }
        // As long as a compiler never makes them.
        for fragment in fragments {
            let text = String(repeating: fragment, count: 8000 / fragment.utf8.count)
            #expect(!SwiftName(demangled: text).short.isEmpty)
            #expect(!CxxName(demangled: text).short.isEmpty)
        }
        #expect(SwiftName(demangled: String(repeating: "a", count: 1 << 17)).short.count < 300)
    }
}
