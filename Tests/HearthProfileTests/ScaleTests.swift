import HearthProfile
import HearthRandom
import Testing

@Suite struct ScaleTests {
    @Test func valuesAreMultiplied() {
        let profile = Profile(collapsed: "a 10\na;b 4\nc -6", types: [.samples, .cpu])
        #expect(profile.scaled(by: 0.5).lines == ["a 5 10", "a;b 2 4", "c -3 -6"])
        #expect(profile.scaled(by: 3).lines == ["a 30 60", "a;b 12 24", "c -18 -36"])
        #expect(profile.scaled(by: 1).lines == profile.lines)
        #expect(profile.scaled(by: 0).isEmpty)
        var filter = ProfileFilter()
        filter.scale = 0.5
        filter.groupBy = ["node"]
        #expect(profile.filtered(filter).lines == ["[no node];a 5 10", "[no node];a;b 2 4", "[no node];c -3 -6"])
    }

    /// A thousand rows of 1 by a hundredth are ten, not none.
    @Test(arguments: [0.01, 1.0 / 60, 0.3, 0.999, 7.5]) func totalsAreRightToOne(factor: Double) {
        var profile = Profile(sampleTypes: [.samples, .cpu])
        var random = SeededGenerator(seed: 3)
        for index in 0..<1_000 {
            let stack = profile.push(profile.intern(frameNamed: "f\(index)"), on: .empty)
            profile.add(.init(stack: stack), values: [1, .random(in: -5...1_000_000, using: &random)])
        }
        let scaled = profile.scaled(by: factor)
        for column in 0..<2 {
            let expected = Double(profile.total(column: column)) * factor
            #expect(abs(Double(scaled.total(column: column)) - expected) <= 1)
        }
        for row in scaled.samples.indices {
            #expect(scaled.values(row: row).contains { $0 != 0 }, "rows of which nothing is left go")
        }
    }

    @Test func largeValuesStopAtTheEnd() {
        let profile = Profile(collapsed: "a 9000000000000000000\nb -9000000000000000000\nc 1")
        #expect(Set(profile.scaled(by: 1e6).lines) == ["a 9223372036854775807", "b -9223372036854775808", "c 1000000"])
    }
}
