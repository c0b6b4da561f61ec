import Foundation
import HearthTestRuns
import Testing

/// Stack walks at every single instruction of code of all kinds, held against libunwind's and against a witness that has
/// seen every call and return. `HEARTH_STEP_BUDGET=200000` steps further into the long cases; the table is printed.
@Suite struct SteppingTests {
    private struct Compilation {
        var name: String
        var compiler: String
        var flags: [String]
        var source: String
    }

    /// One source, as differently as compilers make it.
    private static let compilations =
        [
            ("clang -O0", "clang", ["-O0"]), ("clang -O2", "clang", ["-O2", "-fno-omit-frame-pointer"]),
            ("clang -O2 -fomit-fp", "clang", ["-O2", "-fomit-frame-pointer"]), ("gcc -O0", "gcc", ["-O0"]),
            ("gcc -O2", "gcc", ["-O2"]), ("gcc -Os -fcf", "gcc", ["-Os", "-fcf-protection"]),
        ].map { Compilation(name: $0, compiler: $1, flags: $2, source: "functions.c") }
        + [("clang++ -O1", "clang++", ["-O1"]), ("g++ -O2", "g++", ["-O2"])].map {
            Compilation(name: $0, compiler: $1, flags: $2, source: "exceptions.cpp")
        }

    @Test func everyInstructionHasTheSameCallers() throws {
        let folder = try TemporaryFolder()
        var libraries: [String] = []
        for (index, compilation) in Self.compilations.enumerated() {
            // Clang comes with Swift; GCC may be missing.
            guard try Command(compilation.compiler, "--version").run().status == 0 else { continue }
            let library = folder.path("\(index).so")
            var command = Command(compilation.compiler)
            command.arguments += compilation.flags
            command.arguments += ["-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,lazy", "-o", library]
            command.arguments.append(
                Checkout.root.appendingPathComponent("Tests/EndToEndTests/Stepped/\(compilation.source)").path)
            let outcome = try command.run()
            try #require(outcome.status == 0, "\(compilation.name): \(outcome.errors)")
            libraries.append("\(compilation.name)=\(library)")
        }
        #expect(libraries.count >= 4)
        let budget = ProcessInfo.processInfo.environment["HEARTH_STEP_BUDGET"] ?? "20000"
        var stepper = Command(Checkout.product("HearthStepper"))
        stepper.arguments = ["--budget", budget] + libraries
        let outcome = try stepper.run()
        print(outcome.output)
        let failures = outcome.output.split(separator: "\n").filter { $0.contains("FAILED") }
        #expect(outcome.status == 0, "\(failures.prefix(20).joined(separator: "\n")) \(outcome.errors)")
        #expect(outcome.output.contains("async: calls") && outcome.output.contains("libc qsort"))
    }
}
