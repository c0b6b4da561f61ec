import Foundation
import HearthProfile
import Testing

@testable import HearthFormats

@Suite struct DetectionTests {
    @Test(
        arguments: [
            ("x.folded", .collapsed), ("x.collapsed", .collapsed), ("dir.json/x.pb.gz", .pprof), ("x.pb", .pprof),
            ("cpu.pprof", .pprof), ("x.prof", .pprof), ("x.speedscope.json", .speedscope), ("x.JSON", .speedscope),
            ("x.folded.gz", .collapsed), ("x.perf", .perfScript), ("x", nil), ("x.gz", nil), ("x.svg", nil), ("-", nil),
            ("", nil), ("/", nil), ("json", nil),
        ] as [(String, ProfileFormat?)])
    func byExtension(path: String, format: ProfileFormat?) {
        #expect(ProfileFormat(path: path) == format)
    }

    @Test(arguments: ProfileFormat.allCases.filter(\.canBeWritten))
    func byContentWhateverTheName(format: ProfileFormat) throws {
        for seed in 0..<10 as Range<UInt64> {
            let bytes = try Profile.random(seed: seed).encoded(as: format)
            for name in ["x", "x.json", "x.folded", "x.pb.gz", "-"] {
                #expect(try Profile.read(bytes, named: name).notes.format == format)
            }
        }
    }

    @Test func gzipOfAnyFormatIsRead() throws {
        let text = try Profile.random(seed: 1).encoded(as: .collapsed)
        let bytes = try #require(Deflate.gzip(text))
        #expect(try Profile.read(bytes, named: "x").notes.format == .collapsed)
    }

    @Test func aNameInBracesIsNoJSON() throws {
        #expect(try Profile.read(Array("{closure};main 5\n".utf8), named: "x").notes.format == .collapsed)
    }

    @Test func unknownFormatsAreRefusedByName() {
        for bytes in [Array("Hello there.\n".utf8), [0, 1, 2, 3], [0x7F, 0x45, 0x4C, 0x46, 0, 0]] as [[UInt8]] {
            #expect(throws: ProfileReadError(path: "x", reason: .unknownFormat)) { try Profile.read(bytes, named: "x") }
        }
        #expect(
            ProfileReadError(path: "-", reason: .unknownFormat).description
                == "cannot read standard input: no known profile format; it should be collapsed stacks, pprof, "
                + "speedscope JSON or perf script text")
    }

    @Test func emptyFilesAreSaidToBeEmpty() {
        #expect(throws: ProfileReadError(path: "x.pb.gz", reason: .isEmpty)) { try Profile.read([], named: "x.pb.gz") }
    }
}
