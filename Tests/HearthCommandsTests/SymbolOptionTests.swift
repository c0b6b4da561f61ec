import Foundation
import HearthFormats
import HearthProfile
import Testing

/// `--binary` and `--inlines`, on a program that is built for it.
struct SymbolOptionTests {
    private static let compiler = ["/usr/bin/clang", "/usr/bin/gcc", "/usr/bin/cc"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let program: Program
    private var binary: String { program.folder.appendingPathComponent("bin/service").path }

    /// A service whose `work` calls `inner`, which is inlined, and a profile of it that was taken elsewhere.
    init() throws {
        program = try Program()
        try FileManager.default.createDirectory(
            at: program.folder.appendingPathComponent("bin"), withIntermediateDirectories: true)
        try program.write(
            """
            volatile int sink;
            static inline __attribute__((always_inline)) int inner(int n) {
                for (int i = 0; i < n; i++) sink += i;
                return sink;
            }
            __attribute__((noinline)) int work(int n) {
                sink = 7;
                return inner(n) + 1;
            }
            int main(int count, char **arguments) { return work(count); }

            """, to: "service.c")
        try run(try #require(Self.compiler), ["-O1", "-g", "-Wl,--build-id", "-o", binary, "service.c"])
        let listing = try run("/usr/bin/env", ["nm", "-S", binary])
        let line = try #require(listing.split(separator: "\n").first { $0.hasSuffix(" work") })
        let words = line.split(separator: " ")
        let start = try #require(UInt64(words[0], radix: 16))
        let size = try #require(UInt64(words[1], radix: 16))
        let notes = try run("/usr/bin/env", ["readelf", "-n", binary])
        let note = try #require(notes.split(separator: "\n").first { $0.contains("Build ID") })
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(
            Image(
                path: "/srv/app/service", buildID: String(note.split(separator: " ").last ?? ""), start: 0, end: 1 << 20
            ))
        for address in start..<start + size {
            let frame = profile.intern(Frame(name: .empty, image: image, address: address))
            profile.add(Profile.Sample(stack: profile.push(frame, on: .empty)), values: [1])
        }
        try profile.write(
            to: program.folder.appendingPathComponent("addresses.pb.gz").path, format: .pprof, column: 0)
    }

    @discardableResult private func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = program.folder
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }

    @Test func addressesOfAnotherMachineAreNamedFromTheBinariesGiven() throws {
        defer { program.remove() }
        let missing = try program.run("convert", "addresses.pb.gz", "-o", "plain.folded", "--no-symbol-cache")
        #expect(missing.code == 0)
        #expect(missing.errors.contains("of service not looked up: /srv/app/service is not here; name it by --binary"))
        #expect(try program.read("plain.folded").contains("service+0x"))

        let named = try program.run(
            "convert", "addresses.pb.gz", "--binary", "bin", "-o", "named.folded", "--no-symbol-cache")
        #expect(named.code == 0)
        #expect(named.errors == "")
        let text = try program.read("named.folded")
        #expect(text.contains("work;inner"))
        #expect(!text.contains("0x"))

        // Through pprof the inlined functions, their lines and the addresses stay.
        _ = try program.run("convert", "addresses.pb.gz", "--binary", "bin", "-o", "named.pb.gz", "--no-symbol-cache")
        let again = try program.run("convert", "named.pb.gz", "-o", "again.folded")
        #expect(again.errors == "")
        #expect(try program.read("again.folded") == text)
    }

    @Test func namedFramesGetTheirInlinedFunctionsWhenAsked() throws {
        defer { program.remove() }
        let plain = ["convert", "addresses.pb.gz", "--binary", "bin", "--no-symbol-cache"]
        _ = try program.run(plain + ["--no-inlines", "-o", "plain.pb.gz"])
        _ = try program.run("convert", "plain.pb.gz", "-o", "plain.folded")
        let text = try program.read("plain.folded")
        #expect(text.contains("work "), "\(text)")
        #expect(!text.contains("inner"), "\(text)")
        let asked = try program.run(
            "convert", "plain.pb.gz", "--binary", "bin", "--inlines", "-o", "asked.folded", "--no-symbol-cache")
        #expect(asked.errors == "")
        #expect(try program.read("asked.folded").contains("work;inner"))
    }

    @Test func whatHoldsNoObjectFileIsSaid() throws {
        defer { program.remove() }
        let absent = try program.run("convert", "addresses.pb.gz", "--binary", "nowhere", "-o", "out.folded")
        #expect(absent.code == 1)
        #expect(absent.errors == "hearth: cannot open nowhere: No such file or directory\n")
        let text = try program.run("convert", "addresses.pb.gz", "--binary", "service.c", "-o", "out.folded")
        #expect(text.code == 1)
        #expect(text.errors.hasPrefix("hearth: no object file in service.c"))
        #expect(!program.files.contains("out.folded"))
    }
}
