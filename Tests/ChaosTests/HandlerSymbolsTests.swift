import Foundation
import HearthTestRuns
import Testing

/// What can run in a signal, compiled as in debug and release builds, with frame pointers and without: it reaches nothing but
/// these functions, and takes no more stack than it checks for.
@Suite struct HandlerSymbolsTests {
    private let allowed: Set<String> = [
        // Async-signal-safe by POSIX.
        "sem_post", "memcpy", "memset", "__errno_location",
    ]

    enum Build: String, CaseIterable {
        case debug = "-O0"
        case release = "-O2 -fno-omit-frame-pointer"
        case releaseWithoutFramePointers = "-O2 -fomit-frame-pointer"
    }

    /// The objects of the folder `Handler`, compiled with these flags.
    private func compile(_ build: Build, in folder: TemporaryFolder) throws -> [String] {
        let sources = Checkout.root.appendingPathComponent("Sources/CHearthSampler")
        let files = try FileManager.default.contentsOfDirectory(atPath: sources.appendingPathComponent("Handler").path)
        return try files.filter { $0.hasSuffix(".c") }.map { file in
            let object = folder.path(file + ".o")
            var command = Command(Toolchain.clang)
            command.arguments =
                build.rawValue.split(separator: " ").map(String.init)
                + ["-fstack-usage", "-D_GNU_SOURCE", "-fPIC", "-I" + sources.appendingPathComponent("include").path]
                + ["-c", sources.appendingPathComponent("Handler/" + file).path, "-o", object]
            let outcome = try command.run()
            try #require(outcome.status == 0, "\(outcome.errors)")
            return object
        }
    }

    @Test(arguments: Build.allCases) func theHandlerReachesOnlyWhatIsSafe(_ build: Build) throws {
        let folder = try TemporaryFolder()
        let objects = try compile(build, in: folder)
        #expect(objects.count >= 3)
        let defined = try Set(objects.flatMap { try symbols(of: $0, "--defined-only") })
        for object in objects {
            let reached = try Set(symbols(of: object, "--undefined-only"))
                .subtracting(["_GLOBAL_OFFSET_TABLE_"])
            #expect(reached.subtracting(defined).isSubset(of: allowed), "\(object): \(reached)")
        }
    }

    /// The frames of all its functions together: no way through the handler takes more, since none calls itself. (Unoptimised
    /// code has a frame for every inlined function, too many to add up: the mode `painted` of the C host measures that.)
    @Test(arguments: [Build.release, .releaseWithoutFramePointers])
    func theHandlerTakesNoMoreStackThanItChecksFor(_ build: Build) throws {
        let folder = try TemporaryFolder()
        let objects = try compile(build, in: folder)
        var bytes = 0
        for object in objects {
            for line in try String(
                contentsOfFile: object.replacingOccurrences(of: ".c.o", with: ".c.su"), encoding: .utf8
            )
            .split(separator: "\n") {
                // A walk for comparison, whose frames are libunwind's for the most part.
                if line.contains("hearth_walk_libunwind") { continue }
                let fields = line.split(separator: "\t")
                try #require(fields.count == 3 && fields[2] == "static", "\(line)")
                // The return address, and the frame.
                bytes += 8 + (Int(fields[1]) ?? 0)
            }
        }
        let state = Checkout.root.appendingPathComponent("Sources/CHearthSampler/Handler/State.h")
        let room = try #require(
            String(contentsOf: state, encoding: .utf8).firstMatch(of: /hearth_handler_room = ([0-9]+)/)
                .flatMap { Int($0.1) })
        #expect(bytes > 200 && bytes <= room, "\(bytes) bytes")
    }

    private func symbols(of object: String, _ which: String) throws -> [String] {
        let outcome = try Command("nm", "--format=just-symbols", which, object).run()
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").map(String.init)
    }
}
