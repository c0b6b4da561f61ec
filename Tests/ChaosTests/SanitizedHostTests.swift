import Foundation
import HearthTestRuns
import Testing

/// The sampler's C and its C host, built with a sanitizer each and run: not one report.
///
/// A sanitizer has a `pthread_create` of its own, so threads are found by listing, and their stacks' bounds are not known;
/// and the thread sanitizer holds signals back until the thread calls something. Modes that count on either are left out.
@Suite(.serialized) struct SanitizedHostTests {
    enum Sanitizer: String, CaseIterable {
        case address, thread

        var modes: [String] {
            let short = ["altstack", "handler", "chained", "stop-start", "deep", "module-tables"]
            let long = ["sigterm", "blocked", "fork-prepare", "spawn", "threads"]
            switch self {
            // The thread sanitizer refuses threads after a fork, stops for ever where its own code is jumped out of,
            // and has pipes open when another thread executes a program.
            case .thread: return short + (Dose.isLong ? long : [])
            case .address:
                return short + ["siglongjmp", "fork", "exec", "exceptions"]
                    + (Dose.isLong ? long + ["interval-timer", "own-timers", "small-stacks"] : [])
            }
        }

        var flags: [String] {
            switch self {
            case .address: ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
            case .thread:
                // Its runtime knows Dispatch, and wants it.
                [
                    "-fsanitize=thread", "-L" + Toolchain.libraries, "-Wl,-rpath," + Toolchain.libraries, "-ldispatch",
                    "-lBlocksRuntime",
                ]
            }
        }
    }

    @Test(arguments: Sanitizer.allCases) func findsNothing(_ sanitizer: Sanitizer) throws {
        let folder = try TemporaryFolder()
        let host = try build(sanitizer, in: folder)
        for mode in sanitizer.modes {
            let outcome = try Command(
                host, mode, "\(Dose.factor)",
                environment: ["TSAN_OPTIONS": "halt_on_error=1", "ASAN_OPTIONS": "detect_stack_use_after_return=0"]
            ).run()
            #expect(outcome.status == 0, "\(mode): \(outcome.output) \(outcome.errors.prefix(6000))")
        }
    }

    private func build(_ sanitizer: Sanitizer, in folder: TemporaryFolder) throws -> String {
        // The one function that reads what it does not own, after a probe: words of a stack between known objects.
        let ignored = folder.path("ignored")
        try "fun:hearth_stack_load\n".write(toFile: ignored, atomically: true, encoding: .utf8)
        let host = folder.path("host")
        var command = Command(Toolchain.clangXX)
        command.arguments =
            ["-O1", "-g", "-fno-omit-frame-pointer", "-D_GNU_SOURCE", "-fsanitize-ignorelist=" + ignored]
            + ["-I" + Checkout.root.appendingPathComponent("Sources/CHearthSampler/include").path]
            + ["-x", "c"] + sources("CHearthSampler", "c") + sources("HearthSamplerHost", "c")
            + ["-x", "c++"] + sources("HearthSamplerHost", "cpp") + ["-x", "none"]
            // Debian's gold warns of the runtime's symbols.
            + ["-fuse-ld=lld", "-ldl", "-lpthread", "-o", host] + sanitizer.flags
        let outcome = try command.run()
        try #require(outcome.status == 0, "\(outcome.errors.prefix(4000))")
        return host
    }

    private func sources(_ target: String, _ kind: String) -> [String] {
        let folder = Checkout.root.appendingPathComponent("Sources/\(target)")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".\(kind)") }.sorted().map { folder.appendingPathComponent($0).path }
    }
}
