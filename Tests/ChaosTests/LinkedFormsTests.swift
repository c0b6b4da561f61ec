import Foundation
import HearthTestRuns
import Testing

/// The small service of `HearthProfilerHost`, linked and stripped in the ways that services are.
@Suite(.serialized) struct LinkedFormsTests {
    enum Form: String, CaseIterable {
        case dynamic, dynamicStripped, staticLibrary, staticLibraryStripped

        var isStripped: Bool { self == .dynamicStripped || self == .staticLibraryStripped }
        var isStatic: Bool { self == .staticLibrary || self == .staticLibraryStripped }
    }

    @Test(arguments: Form.allCases) func isSampledAndSaysWhatIsLost(_ form: Form) throws {
        let folder = try TemporaryFolder()
        var program = Checkout.product("HearthProfilerHost")
        if form.isStatic { program = try linkStatically(in: folder) }
        if form.isStripped {
            let stripped = folder.path("stripped")
            let outcome = try Command("strip", "-o", stripped, program).run()
            try #require(outcome.status == 0, "\(outcome.errors)")
            program = stripped
        }
        let outcome = try Command(program, "service").run()
        try #require(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let facts = facts(outcome.output)
        func number(_ name: String) throws -> Int { try #require(facts[name].flatMap { Int($0) }, "\(outcome.output)") }

        let samples = try number("samples")
        #expect(samples > 15)
        #expect(try number("labelled") > samples * 9 / 10)
        #expect(facts["labels"] == "read")
        #expect(try number("incomplete") <= samples / 20)
        if form.isStripped {
            // Nothing tells which functions are async, nor what they are called: the profile says so.
            #expect(try number("logical-callers") == 0)
            #expect(facts["tasks"] == "physical callers only: the program has no symbols")
        } else {
            #expect(try number("named") > samples * 9 / 10)
            #expect(try number("logical-callers") > samples * 9 / 10)
            #expect(facts["tasks"] == "logical callers")
        }
    }

    /// A deploy puts another file in the place of a program that runs.
    @Test func isNamedWhenItsFileIsGone() throws {
        let folder = try TemporaryFolder()
        let program = folder.path("gone")
        try FileManager.default.copyItem(atPath: Checkout.product("HearthProfilerHost"), toPath: program)
        let outcome = try Command(program, "service", "deleted").run()
        try #require(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: program))
        let facts = facts(outcome.output)
        let samples = try #require(facts["samples"].flatMap { Int($0) })
        for name in ["named", "logical-callers"] {
            #expect(try #require(facts[name].flatMap { Int($0) }) > samples * 9 / 10, "\(outcome.output)")
        }
    }

    /// Lines of `name: value`.
    private func facts(_ output: String) -> [String: String] {
        Dictionary(
            output.split(separator: "\n").compactMap { line -> (String, String)? in
                guard let colon = line.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
                return (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// In the short form from the objects that are there, in the long form as a service's build does.
    private func linkStatically(in folder: TemporaryFolder) throws -> String {
        if Dose.isLong {
            let scratch = Checkout.root.appendingPathComponent(".build/static").path
            let outcome = try Command(
                "swift", "build", "--static-swift-stdlib", "--product", "HearthProfilerHost", "--package-path",
                Checkout.root.path, "--scratch-path", scratch
            ).run()
            try #require(outcome.status == 0, "\(outcome.output.suffix(2000)) \(outcome.errors.suffix(2000))")
            return scratch + "/debug/HearthProfilerHost"
        }
        let program = folder.path("static")
        let objects = Checkout.product("HearthProfilerHost.product/Objects.LinkFileList")
        let outcome = try Command(
            "swiftc", "-static-stdlib", "@" + objects, "-o", program,
            // SwiftPM gives every executable a main function of its own name, for tests to link.
            "-Xlinker", "--defsym=main=HearthProfilerHost_main"
        ).run()
        try #require(outcome.status == 0, "\(outcome.errors)")
        let libraries = try Command("ldd", program).run().output
        try #require(!libraries.contains("libswiftCore"), "\(libraries)")
        return program
    }
}
