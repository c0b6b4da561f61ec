import HearthFlameGraph
import HearthProfile
import Testing

@Suite struct DiffPictureTests {
    private let base = SampleProfiles.collapsed("a;b 500\na;gone 300\nc 200\n")
    private let new = SampleProfiles.collapsed("a;b 1000\nfresh 600\nc 400\n")

    private func note(_ name: String, in svg: String) throws -> String {
        let line = try #require(svg.split(separator: "\n").first { $0.contains("<title>\(name) (") })
        let start = try #require(line.firstRange(of: "data-note=\"")).upperBound
        return String(line[start...].prefix { $0 != "\"" })
    }

    private func weight(_ name: String, in svg: String) throws -> Int64 {
        let line = try #require(svg.split(separator: "\n").first { $0.contains("<title>\(name) (") })
        let start = try #require(line.firstRange(of: "data-v=\"")).upperBound
        return try #require(Int64(line[start...].prefix { $0 != "\"" }.split(separator: ",")[1]))
    }

    @Test func bothSidesAreSaid() throws {
        let svg = try ProfileDiff(base: base, new: new).svg()
        let titles = try expectWellFormed(svg)
        #expect(titles.contains("all (2,000 samples, 100%; +0.00%)"))
        #expect(titles.contains("b (1,000 samples, 50.00%; +0.00%)"))
        #expect(titles.contains("gone (0 samples, 0.00%; -30.00%)"))
        #expect(titles.contains("fresh (600 samples, 30.00%; +30.00%)"))
        #expect(try note("gone", in: svg).hasPrefix("gone · was 300 samples, 30.00% · shrank: -"))
        #expect(try note("fresh", in: svg).hasPrefix("new · was 0 samples, 0.00% · grew: +"))
        #expect(try note("b", in: svg).hasPrefix("was 500 samples, 50.00% · may be chance: -"))
        #expect(svg.contains("single run: noise understated"))
    }

    @Test func framesAreAsWideAsTheLargerSide() throws {
        let svg = try ProfileDiff(base: base, new: new).svg()
        // Shares of 2,000: what vanished keeps the room it had, and a caller holds what it calls on either side.
        #expect(try weight("gone", in: svg) == 600)
        #expect(try weight("fresh", in: svg) == 600)
        #expect(try weight("b", in: svg) == 1_000)
        #expect(try weight("a", in: svg) == 1_600)
        let absolute = try ProfileDiff(base: base, new: new, normalization: .absolute).svg()
        #expect(try weight("gone", in: absolute) == 300)
        #expect(try weight("b", in: absolute) == 1_000)
        #expect(try expectWellFormed(absolute).contains("c (400 samples, 20.00%; +200 samples)"))
    }

    @Test func whatMovedIsNoNews() throws {
        let before = SampleProfiles.collapsed("a;f 500\nb;g 500\nb;f 300\n")
        let after = SampleProfiles.collapsed("a;g 500\na;f 300\nb;f 500\nnew 1\n")
        let svg = try ProfileDiff(base: before, new: after, normalization: .absolute).svg()
        #expect(svg.contains("data-note=\"moved here · was 0 samples"))
        #expect(svg.contains("data-note=\"moved away · was 500 samples"))
        #expect(!svg.contains("data-note=\"gone"))
    }

    @Test func oneSideMaySayHowWide() throws {
        let diff = try ProfileDiff(base: base, new: new)
        let before = diff.svg(options: .init(widths: .base))
        #expect(try weight("a", in: before) == 800)
        #expect(try weight("gone", in: before) == 300)
        #expect(!before.contains("<title>fresh ("))
        #expect(before.contains("as wide as in the base"))
        let after = diff.svg(options: .init(widths: .new))
        #expect(try weight("a", in: after) == 1_000)
        #expect(try weight("fresh", in: after) == 600)
        #expect(!after.contains("<title>gone ("))
        // What is said of a frame does not go by its width.
        #expect(try note("a", in: before) == note("a", in: after))
    }

    @Test func costsOfASecondAreSaid() throws {
        let seconds: Int64 = 1_000_000_000
        let time = ProfileDiff.Normalization.time(base: 10 * seconds, new: 40 * seconds)
        let svg = try ProfileDiff(base: base, new: new, normalization: time).svg()
        let titles = try expectWellFormed(svg)
        #expect(svg.contains("100 samples → 50.0 samples a second · 10.0 s → 40.0 s"))
        #expect(titles.contains("b (25.0 samples, 50.00%; -25.0 samples)"))
        #expect(try weight("b", in: svg) == 2_000)
        #expect(throws: ProfileDiffError.noTime(base: 0, new: seconds)) {
            try ProfileDiff(base: base, new: new, normalization: .time(base: 0, new: seconds))
        }
    }

    @Test func costsOfAUnitOfWorkAreSaid() throws {
        let svg = try ProfileDiff(base: base, new: new, normalization: .work(base: 10_000, new: 40_000)).svg()
        let titles = try expectWellFormed(svg)
        #expect(svg.contains("0.100 samples → 0.0500 samples a unit of work · 10,000 → 40,000 units"))
        #expect(titles.contains("b (0.0250 samples, 50.00%; -0.0250 samples)"))
        #expect(titles.contains("gone (0 samples, 0.00%; -0.0300 samples)"))
        #expect(try note("b", in: svg).hasPrefix("was 0.0500 samples, 50.00% · shrank: -"))
        #expect(try note("fresh", in: svg).hasPrefix("new · was 0 samples, 0.00% · grew: +"))
        // Both sides in 40,000 units.
        #expect(try weight("b", in: svg) == 2_000)
        #expect(try weight("gone", in: svg) == 1_200)
        #expect(try weight("fresh", in: svg) == 600)
    }

    @Test func quotientsKeepThreeFigures() {
        let cases: [(Double, String, String)] = [
            (49_800_000.4, "nanoseconds", "49.8 ms"), (1_234.5, "nanoseconds", "1.23 µs"),
            (0.5, "nanoseconds", "0.500 ns"), (12.34, "nanoseconds", "12.3 ns"), (0, "nanoseconds", "0 ns"),
            (0.012_345, "count", "0.0123 samples"), (0.000_000_000_1, "count", "0.000000000 samples"),
            (0.999_6, "count", "1.00 samples"), (1_234, "count", "1,234 samples"), (5, "count/10", "0.500 samples"),
            (1_536, "bytes", "1.50 KiB"),
        ]
        for (value, unit, text) in cases { #expect(Quantity(unit: unit).quotientText(value) == text) }
    }

    @Test func whatIsPrunedKeepsBothSides() throws {
        let base = SampleProfiles.collapsed("a;b 500\na;x 3\na;y 1\n")
        let new = SampleProfiles.collapsed("a;b 500\na;x 2\na;z 2\n")
        let titles = try expectWellFormed(
            ProfileDiff(base: base, new: new, normalization: .absolute).svg(options: .init(minWidth: .percent(1))))
        #expect(titles.contains { $0.hasPrefix("[other: 3 frames] (4 samples, 0.79%; +0 samples") })
    }

    @Test func emptySidesAreDrawn() throws {
        let empty = Profile(sampleTypes: [.samples])
        for normalization in [.share, .absolute, .work(base: 4, new: 5)] as [ProfileDiff.Normalization] {
            #expect(
                try expectWellFormed(ProfileDiff(base: empty, new: new, normalization: normalization).svg()).count == 5)
            #expect(
                try expectWellFormed(ProfileDiff(base: new, new: empty, normalization: normalization).svg()).count == 5)
            let nothing = try ProfileDiff(base: empty, new: empty, normalization: normalization).svg()
            #expect(try expectWellFormed(nothing).isEmpty && nothing.contains("no samples"))
        }
    }
}
