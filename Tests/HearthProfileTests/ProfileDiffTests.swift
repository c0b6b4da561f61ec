import HearthProfile
import Testing

@Suite struct ProfileDiffTests {
    private static let normalizations: [ProfileDiff.Normalization] = [.share, .absolute, .work(base: 40, new: 40)]

    private func stacks(_ diff: ProfileDiff) -> [String] {
        var lines: [String] = []
        diff.forEachStack { stack, base, new in lines.append("\(stack.joined(separator: ";")) \(base) \(new)") }
        return lines.sorted()
    }

    @Test func bothColumnsOfEveryStack() throws {
        let diff = try ProfileDiff(
            base: Profile(collapsed: "a;b 3\na 1\ngone 2"), new: Profile(collapsed: "a;b 5\nnew 4\na 1"))
        #expect(stacks(diff) == ["a 1 1", "a;b 3 5", "gone 2 0", "new 0 4"])
        #expect(diff.baseTotal == 6 && diff.newTotal == 10)
    }

    @Test(arguments: 1...10) func aProfileDoesNotDifferFromItself(seed: UInt64) throws {
        for normalization in Self.normalizations {
            let profile = Profile(seed: seed)
            let diff = try ProfileDiff(base: profile, new: profile, normalization: normalization)
            for row in diff.rows() {
                #expect(row.selfChange.difference == 0 && row.totalChange.difference == 0)
                #expect(row.selfChange.verdict == .noise && row.totalChange.verdict == .noise)
            }
        }
    }

    @Test(arguments: 1...10) func exchangingTheSidesTurnsTheSign(seed: UInt64) throws {
        let (a, b) = (Profile(seed: seed), Profile(seed: seed + 50, samples: 200))
        for normalization in Self.normalizations {
            let there = try ProfileDiff(base: a, new: b, normalization: normalization).rows()
            let back = try ProfileDiff(base: b, new: a, normalization: normalization).rows()
            #expect(there.count == back.count)
            for row in there {
                let other = try #require(back.first { $0.name == row.name })
                #expect(abs(row.selfChange.difference + other.selfChange.difference) < 1e-9)
                #expect(abs(row.selfChange.interval.lowerBound + other.selfChange.interval.upperBound) < 1e-9)
                #expect(abs(row.totalChange.certain + other.totalChange.certain) < 1e-9)
            }
        }
    }

    /// A million cycles a sample are no million samples: the noise is that of what was counted.
    @Test func noiseIsThatOfTheSamples() throws {
        let cycles = ValueType(type: "cycles", unit: "count")
        func interval(_ types: [ValueType], _ column: Int, factor: Int64) throws -> ClosedRange<Double> {
            let sides = [(60, 40), (66, 34)].map { a, b in
                var profile = Profile(sampleTypes: types)
                for (name, value) in [("a", Int64(a)), ("b", Int64(b))] {
                    let stack = profile.push(profile.intern(frameNamed: name), on: .empty)
                    let values = types.map { $0 == .samples ? value : value * factor }
                    profile.add(.init(stack: stack), values: values)
                }
                return profile
            }
            let diff = try ProfileDiff(base: sides[0], new: sides[1], baseColumn: column, newColumn: column)
            return try #require(diff.rows().first { $0.name == "a" }).selfChange.interval
        }
        let expected = try interval([.samples], 0, factor: 1)
        #expect(expected.lowerBound < 0 && expected.upperBound > 0)
        #expect(try interval([.samples, cycles], 1, factor: 1_000_000) == expected)
        #expect(try interval([ValueType(type: "samples", unit: "count/100")], 0, factor: 100) == expected)
    }

    @Test func changesBeyondChanceAreFound() throws {
        let base = Profile(collapsed: "a 5000\nb 5000\nc 20\nold 100")
        let new = Profile(collapsed: "a 6000\nb 4000\nc 22\nfresh 100")
        let rows = try ProfileDiff(base: base, new: new).rows()
        func row(_ name: String) throws -> DiffRow { try #require(rows.first { $0.name == name }) }
        #expect(try row("a").selfChange.verdict == .grew)
        #expect(try row("b").selfChange.verdict == .shrank)
        #expect(try row("c").selfChange.verdict == .noise)
        #expect(try row("old").selfChange.presence == .onlyBase)
        #expect(try row("fresh").selfChange.presence == .onlyNew)
        #expect(try row("fresh").selfChange.verdict == .grew)
        // The largest certain change stands first.
        #expect(Set(rows.prefix(2).map(\.name)) == ["a", "b"])
        #expect(rows.last?.name == "c")
    }

    @Test func sharesDoNotSeeTheLengthAmountsDo() throws {
        let base = Profile(collapsed: "a 1000\nb 1000")
        let new = Profile(collapsed: "a 2000\nb 2000")
        #expect(try ProfileDiff(base: base, new: new).rows().allSatisfy { $0.selfChange.verdict == .noise })
        let absolute = try ProfileDiff(base: base, new: new, normalization: .absolute).rows()
        #expect(absolute.allSatisfy { $0.selfChange.verdict == .grew && $0.selfChange.difference == 1_000 })
    }

    @Test func workMakesDifferentLoadsComparable() throws {
        // Three times the work: what costs the same a unit has tripled.
        let base = Profile(collapsed: "a 1000\nb 1000")
        let new = Profile(collapsed: "a 3000\nb 4500")
        let rows = try ProfileDiff(base: base, new: new, normalization: .work(base: 100, new: 300)).rows()
        let (a, b) = (try #require(rows.first { $0.name == "a" }), try #require(rows.first { $0.name == "b" }))
        #expect(a.selfChange.base == 10 && a.selfChange.new == 10 && a.selfChange.verdict == .noise)
        #expect(b.selfChange.difference == 5 && b.selfChange.verdict == .grew)
        // Two functions are judged and one has changed, so that it takes 97.5 %. The score interval of 1,000 counts ends at
        // 1,073.4, that of 4,500 begins at 4,352.1; by Newcombe's rule the difference is 5 - √(0.734² + 0.493²) at least.
        #expect(b.selfChange.confidence == 0.975)
        #expect(abs(b.selfChange.interval.lowerBound - 4.1156) < 0.0005)
        #expect(b.base.selfValue == 1_000 && b.new.selfValue == 4_500, "values stay as they were counted")
        for (baseUnits, newUnits) in [(0, 5), (5, 0), (-1, 5)] as [(Int64, Int64)] {
            #expect(throws: ProfileDiffError.noWork(base: baseUnits, new: newUnits)) {
                try ProfileDiff(base: base, new: new, normalization: .work(base: baseUnits, new: newUnits))
            }
        }
        #expect(
            ProfileDiffError.noWork(base: 0, new: 5).description == "no work to divide by: base did 0 units, new 5")
    }

    /// Ten samples of 10 ms are no better known than ten samples, however many nanoseconds they are.
    @Test func valuesAreWorthTheirSamples() throws {
        func profile(_ a: Int64, _ b: Int64) -> Profile {
            var profile = Profile(sampleTypes: [.cpu], period: 10_000_000)
            for (name, count) in [("a", a), ("b", b)] {
                let stack = profile.push(profile.intern(frameNamed: name), on: .empty)
                profile.add(.init(stack: stack), values: [count * 10_000_000])
            }
            return profile
        }
        func verdict(_ base: Profile, _ new: Profile) throws -> DiffChange.Verdict? {
            try ProfileDiff(base: base, new: new).rows().first { $0.name == "a" }?.selfChange.verdict
        }
        #expect(try verdict(profile(10, 10), profile(13, 7)) == .noise)
        #expect(try verdict(profile(1_000, 1_000), profile(1_300, 700)) == .grew)
    }

    @Test func anEmptySideIsNoDivisionByZero() throws {
        let full = Profile(collapsed: "a;b 3")
        let empty = Profile(sampleTypes: [.samples])
        for normalization in Self.normalizations {
            for (base, new) in [(empty, full), (full, empty), (empty, empty)] {
                for row in try ProfileDiff(base: base, new: new, normalization: normalization).rows() {
                    #expect(row.selfChange.difference.isFinite && row.totalChange.difference.isFinite)
                    #expect(row.selfChange.interval.lowerBound.isFinite && row.selfChange.interval.upperBound.isFinite)
                }
            }
        }
        // Of nothing, every share could have been: no verdict.
        #expect(try ProfileDiff(base: empty, new: full).rows().allSatisfy { $0.selfChange.verdict == .noise })
    }

    @Test func columnsAreMatchedByWhatTheyMeasure() throws {
        let base = Profile(collapsed: "a 3", types: [.cpu])
        let new = Profile(collapsed: "a 3", types: [.samples, .cpu])
        #expect(try ProfileDiff(base: base, new: new).newTotal == 6)
        #expect(throws: ProfileDiffError.typesDiffer(base: [.cpu], new: [.samples])) {
            try ProfileDiff(base: base, new: new, newColumn: 0)
        }
        #expect(throws: ProfileDiffError.noSuchColumn(4, columns: 1)) {
            try ProfileDiff(base: base, new: new, baseColumn: 4)
        }
        #expect(throws: ProfileDiffError.noSuchColumn(-1, columns: 2)) {
            try ProfileDiff(base: base, new: new, newColumn: -1)
        }
        let error = ProfileDiffError.typesDiffer(base: [.cpu], new: [.samples, .wall])
        #expect(
            error.description
                == "sample types differ: base has cpu/nanoseconds, new has samples/count, wall/nanoseconds")
    }

    @Test func recursionCountsOnce() throws {
        let diff = try ProfileDiff(base: Profile(collapsed: "a;b;a 2"), new: Profile(collapsed: "a;b;a 5\nb 1"))
        let row = try #require(diff.rows().first { $0.name == "a" })
        #expect(row.base == .init(selfValue: 2, totalValue: 2) && row.new == .init(selfValue: 5, totalValue: 5))
    }
}
