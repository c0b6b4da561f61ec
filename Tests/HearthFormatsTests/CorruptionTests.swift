import Foundation
import HearthProfile
import HearthRandom
import Testing

@testable import HearthFormats

/// Damaged files give an error or a profile, never a crash.
@Suite struct CorruptionTests {
    private func small() throws -> Profile { Profile.random(seed: 3, samples: 6) }

    private func outcome(_ bytes: [UInt8], _ name: String, _ format: ProfileFormat?) -> Result<
        Profile, ProfileReadError
    > {
        do throws(ProfileReadError) {
            return .success(try Profile.read(bytes, named: name, format: format).profile)
        } catch {
            return .failure(error)
        }
    }

    /// Every byte flipped in three ways, and the file cut at every byte. Returns how many were refused.
    private func damage(_ bytes: [UInt8], named name: String, format: ProfileFormat?) -> Int {
        var refused = 0
        for index in bytes.indices {
            for mask in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= mask
                if case .failure(let error) = outcome(damaged, name, format) {
                    refused += 1
                    #expect(!error.description.contains("\n"))
                }
            }
            if case .failure = outcome(Array(bytes.prefix(index)), name, format) { refused += 1 }
        }
        return refused
    }

    @Test func pprof() throws {
        let message = try small().pprofMessage()
        #expect(damage(message, named: "x.pb", format: .pprof) > message.count / 2)
        #expect(damage(message, named: "x.pb", format: nil) > 0)
    }

    @Test func gzip() throws {
        let bytes = try small().encoded(as: .pprof)
        // The check sum sees every change but those of the header's unused fields.
        #expect(damage(bytes, named: "x.pb.gz", format: nil) > bytes.count * 3)
    }

    @Test func speedscope() throws {
        let bytes = try small().encoded(as: .speedscope)
        #expect(damage(bytes, named: "x.json", format: .speedscope) > 0)
    }

    @Test func collapsed() throws {
        let bytes = try small().encoded(as: .collapsed)
        _ = damage(bytes, named: "x.folded", format: .collapsed)
        #expect(damage(Array(bytes.prefix(300)), named: "x", format: nil) > 0)
    }

    @Test func perfScript() {
        #expect(damage(Array(PerfScriptTests.text.utf8), named: "x.perf", format: .perfScript) > 0)
    }

    /// Pieces of the file cut out, doubled and overwritten, several times over.
    @Test(arguments: ProfileFormat.allCases) func manyChangesAtOnce(format: ProfileFormat) throws {
        let original: [UInt8]
        switch format {
        case .pprof: original = try small().pprofMessage()
        case .collapsed, .speedscope: original = try small().encoded(as: format)
        case .perfScript: original = Array(PerfScriptTests.text.utf8)
        }
        var random = SeededGenerator(seed: 11)
        var refused = 0
        for _ in 0..<1_500 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
                let start = Int.random(in: bytes.indices, using: &random)
                let end = min(bytes.count, start + Int.random(in: 0...8, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.removeSubrange(start..<end)
                case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: bytes.indices, using: &random))
                case 2: bytes[start] = .random(in: 0...255, using: &random)
                default: bytes[start] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                }
            }
            guard case .success(let profile) = outcome(bytes, "x", format) else {
                refused += 1
                continue
            }
            // What was taken can be written, too.
            for format in ProfileFormat.allCases where format.canBeWritten { _ = try profile.encoded(as: format) }
        }
        #expect(refused > 0)
    }

    @Test(arguments: ProfileFormat.allCases) func rubbish(format: ProfileFormat) {
        var random = SeededGenerator(seed: 7)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = outcome(bytes, "x", format)
            _ = outcome(bytes, "x", nil)
        }
    }

    @Test func truncatedGzipNamesTheByte() throws {
        let bytes = Array(try small().encoded(as: .pprof).dropLast(10))
        #expect(throws: ProfileReadError(path: "x.pb.gz", reason: .gzipEndsEarly(byte: bytes.count))) {
            try Profile.read(bytes, named: "x.pb.gz")
        }
        let text = "cannot read x.pb.gz: gzip stream ends early at byte \(bytes.count)"
        #expect(ProfileReadError(path: "x.pb.gz", reason: .gzipEndsEarly(byte: bytes.count)).description == text)
    }

    @Test func gzipBombsAreRefused() throws {
        let bomb = try #require(Deflate.gzip([UInt8](repeating: 0, count: 40 << 20)))
        #expect(bomb.count < 100_000)
        var limits = ReadLimits()
        limits.bytesOfAnyRatio = 16 << 20
        #expect(throws: ProfileReadError(path: "b.pb.gz", reason: .gzipBomb(ratio: 250, byte: 16_585))) {
            try Profile.read(bomb, named: "b.pb.gz", limits: limits)
        }
        limits.uncompressedBytes = 1 << 20
        #expect(throws: ProfileReadError(path: "b.pb.gz", reason: .tooLarge(limit: 1 << 20, byte: 1_294))) {
            try Profile.read(bomb, named: "b.pb.gz", limits: limits)
        }
    }

    /// The same stack over and over compresses as well as a bomb does.
    @Test func aHighRatioIsNoBombByItself() throws {
        let line = Array("main;a;b;c;d 1\n".utf8)
        let text = Array(repeatElement(line, count: 200_000).joined())
        let bytes = try #require(Deflate.gzip(text))
        #expect(text.count / bytes.count > 250)
        #expect(try Inflate.gunzip(bytes, limits: ReadLimits()).count == text.count)
    }

    @Test func severalStreamsInARowAndPaddingAreRead() throws {
        let half = Array("a;b 1\n".utf8)
        let both = try #require(Deflate.gzip(half)) + (try #require(Deflate.gzip(half))) + [0, 0, 0]
        #expect(try Profile.read(both, named: "x.folded.gz").profile.total(column: 0) == 2)
        #expect(throws: ProfileReadError.self) { try Profile.read(both + [1, 2, 3], named: "x.folded.gz") }
    }

    @Test func damageIsLocated() throws {
        var bytes = try small().pprofMessage()
        // The length of the first sample type, made to reach beyond the file.
        bytes[1] = 0x7F
        bytes = Array(bytes.prefix(40))
        #expect(throws: ProfileReadError(path: "x.pb", reason: .badMessage("the profile", byte: 0))) {
            try Profile.read(bytes, named: "x.pb")
        }
    }
}
