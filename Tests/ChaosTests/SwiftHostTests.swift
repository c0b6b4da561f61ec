import Foundation
import HearthTestRuns
import Testing

/// Hosts that use the profiler as services do, each in a process of its own.
@Suite(.serialized) struct SwiftHostTests {
    private func expectUnharmed(_ arguments: String..., environment: [String: String] = [:]) throws {
        var command = Command(Checkout.product("HearthProfilerHost"), environment: environment)
        command.arguments = arguments
        let outcome = try command.run()
        #expect(outcome.status == 0, "\(arguments): \(outcome.output) \(outcome.errors)")
    }

    /// Four busy threads a processor and a tenth of one processor for all: a stop that waits for starved threads would not
    /// return, and samples that come late would be missing in the account.
    @Test(.enabled(if: CPUGroup.isPermitted, "this user may not make a control group with a CPU limit"))
    func starvedOfCPUTime() throws {
        let group = try CPUGroup(thousandths: 100)
        try expectUnharmed("starved", "\(3 * Dose.factor)", group.processesFile)
    }

    @Test func busyBeyondItsProcessors() throws { try expectUnharmed("starved", "\(2 * Dose.factor)") }

    @Test func withAStuckPool() throws { try expectUnharmed("stuck-pool") }

    @Test func startsAndStopsInTheMiddleOfEverything() throws {
        try expectUnharmed("stop-start", "\(150 * Dose.factor)")
    }

    @Test func librariesComeAndGo() throws {
        let folder = try TemporaryFolder()
        let source = folder.path("library.cpp")
        try Self.library.write(toFile: source, atomically: true, encoding: .utf8)
        let paths = ["first.so", "second.so"].map { folder.path($0) }
        let built = try Command(Toolchain.clangXX, "-shared", "-fPIC", "-O1", "-o", paths[0], source).run()
        try #require(built.status == 0, "\(built.errors)")
        // A file of its own is a library of its own.
        try FileManager.default.copyItem(atPath: paths[0], toPath: paths[1])
        // Tables of this size get pages of their own, and lose them when they are freed: to read one after that is SIGSEGV.
        try expectUnharmed(
            "libraries", "\(3 * Dose.factor)", paths[0], paths[1], environment: ["MALLOC_MMAP_THRESHOLD_": "8192"])
    }

    @Test func aLibraryOfARelativePathIsFound() throws {
        let folder = try TemporaryFolder()
        let source = folder.path("library.c")
        try Self.plainLibrary.write(toFile: source, atomically: true, encoding: .utf8)
        let library = folder.path("relative.so")
        let built = try Command("clang", "-shared", "-fPIC", "-O1", "-o", library, source).run()
        try #require(built.status == 0, "\(built.errors)")
        try expectUnharmed("relative-library", library)
    }

    private static let plainLibrary = """
        #include <time.h>
        static double now(void) {
            struct timespec time;
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
            return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
        }
        int hearth_relative_work(void) {
            int turns = 0;
            for (double end = now() + 0.001; now() < end;) turns++;
            return turns;
        }
        """

    /// Works for a millisecond, most of it in throwing: the language's unwinder reads the tables of a library that other
    /// threads load and unload. A few thousand functions make the tables as big as those of real libraries.
    private static let library =
        (0..<3_000).map { "extern \"C\" int hearth_filler_\($0)(int value) { return value + \($0); }\n" }.joined() + """
            #include <stdexcept>
            #include <string>
            #include <time.h>
            static double now(void) {
                timespec time;
                clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
                return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
            }
            extern "C" __attribute__((noinline)) int hearth_chaos_work(void) {
                int caught = 0;
                for (double end = now() + 0.001; now() < end;) {
                    try {
                        throw std::runtime_error(std::string(50, 'x'));
                    } catch (const std::exception &) {
                        caught = 1;
                    }
                    for (volatile int turn = 0; turn < 5000; turn++) {}
                }
                return caught;
            }
            """
}
