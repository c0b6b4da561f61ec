import HearthProfile
import Testing

@Suite struct BlocksTests {
    private func profile(_ text: String, start: Int64 = 0, duration: Int64 = 0, block: Int64 = 10) -> Profile {
        var profile = Profile(collapsed: text)
        profile.startTime = start
        profile.duration = duration
        profile.blockDuration = block
        return profile
    }

    @Test func blocksAreCountedWithTheEmptyOnes() {
        #expect(profile("a @0 1\na @2 1").blockCount == 3)
        #expect(profile("a @0 1\na @2 1", duration: 41).blockCount == 5)
        #expect(profile("a @7 1", duration: 20).blockCount == 8)
        #expect(profile("a 1", duration: 20).blockCount == 0)
        #expect(profile("").blockCount == 0)
    }

    @Test func runsFollowOneAnother() throws {
        let whole = profile("a @0 1\nb @1 2\na @2 3\nc @3 4\na @4 5\na;b @4 6", start: 1_000, duration: 47)
        let runs = try whole.cut(into: 2)
        #expect(runs.map(\.lines) == [["a @0 1", "a @2 3", "b @1 2"], ["a @1 5", "a;b @1 6", "c @0 4"]])
        #expect(runs.map(\.startTime) == [1_000, 1_030])
        #expect(runs.map(\.duration) == [30, 17])
        #expect(try whole.cut(into: 1)[0].lines == whole.lines)
        #expect(try whole.cut(into: 5).map { $0.total(column: 0) } == [1, 2, 3, 4, 11])
        let idle = try profile("a @0 1\na @3 1").cut(into: 4)
        #expect(idle.map(\.isEmpty) == [false, true, true, false])
        #expect(idle.map(\.duration) == [10, 10, 10, 10], "the length of the whole is not known")
        #expect(idle.map(\.startTime) == [0, 0, 0, 0], "nor is its start")
    }

    @Test(arguments: 1...20) func runsAddUpToTheWhole(seed: UInt64) throws {
        var whole = Profile(seed: seed).mapSamples { sample, _ in
            var sample = sample
            sample.block = (sample.block ?? 7) * 5 + sample.stack.rawValue % 5
            return sample
        }
        whole.startTime = 1_700_000_000_000_000_123
        whole.blockDuration = 1_000_000_000
        for count in [1, 2, 3, 7, whole.blockCount] {
            let runs = try whole.cut(into: count)
            #expect(runs.count == count)
            let sizes = runs.map(\.duration)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= whole.blockDuration)
            #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.startTime + $0.duration == $1.startTime })
            #expect(runs.allSatisfy { $0.blockCount <= Int($0.duration / $0.blockDuration) })
            #expect(try Profile.merge(runs).lines == whole.lines, "merging puts every block where it was")
        }
    }

    @Test func whatCannotBeCutIsSaid() throws {
        #expect(throws: Profile.CutError.samplesWithoutBlock(1)) { try profile("a @0 1\na 1").cut(into: 1) }
        #expect(throws: Profile.CutError.tooFewBlocks(2, runs: 3)) { try profile("a @1 1").cut(into: 3) }
        #expect(throws: Profile.CutError.tooFewBlocks(2, runs: 0)) { try profile("a @1 1").cut(into: 0) }
        #expect(Profile.CutError.tooFewBlocks(2, runs: 3).description == "2 time blocks are too few for 3 runs")
        #expect(Profile.CutError.samplesWithoutBlock(9).description == "9 samples are in no time block")
    }

    @Test func timesOfAHostileFileAreNoCrash() throws {
        for (start, duration, block) in [(Int64.max, Int64.max, Int64.max), (.min, .min, .max), (1, .max, 1)] {
            let odd = profile("a @4000000000 1\na @0 1", start: start, duration: duration, block: block)
            #expect(try odd.cut(into: 2).reduce(0) { $0 + $1.total(column: 0) } == 2)
            #expect(try Profile.merge([odd, odd]).total(column: 0) == 4)
        }
    }

    // MARK: Merging

    /// What was sampled at the same time comes into the same block, what was sampled later into a later one.
    @Test func mergedBlocksAreThoseOfTheClock() throws {
        let first = profile("a @0 1\na @1 2", start: 1_000, duration: 20)
        let next = profile("a @0 4\nb @1 8", start: 1_020, duration: 20)
        let beside = profile("a @1 16", start: 1_004, duration: 20)
        let merged = try Profile.merge([next, first, beside])
        #expect(merged.lines == ["a @0 1", "a @1 18", "a @2 4", "b @3 8"])
        #expect(merged.startTime == 1_000 && merged.duration == 40 && merged.blockDuration == 10)
    }

    @Test func longerBlocksTakeShorterOnes() throws {
        let short = profile("a @0 1\na @1 2\na @2 4\na @3 8", start: 1_000)
        let long = profile("a @0 16\na @1 32", start: 1_000, block: 20)
        let merged = try Profile.merge([short, long])
        #expect(merged.lines == ["a @0 19", "a @1 44"])
        #expect(merged.blockDuration == 20)
    }

    @Test func aProfileOfUnknownStartBeginsWithTheOthers() throws {
        let merged = try Profile.merge([profile("a @1 1"), profile("a @1 2", start: 1_000)])
        #expect(merged.lines == ["a @1 3"])
        let without = try Profile.merge([profile("a 1", block: 0), profile("a @1 2", start: 1_000)])
        #expect(without.lines == ["a 1", "a @1 2"] && without.blockDuration == 10)
    }

    /// A day of windows does not keep every block of every window, wherever they are in the day.
    @Test func manyBlocksBecomeWider() throws {
        let windows = (0..<500).map { window in
            profile("a @0 1\na @1 1\na @2 1", start: 1_000 + Int64(window) * 30, duration: 30)
        }
        let merged = try Profile.merge(windows)
        #expect(merged.blockDuration == 40 && merged.samples.count <= 600)
        #expect(merged.total(column: 0) == 1_500)
        #expect(merged.blockCount == 375)
        let halves = [Array(windows.prefix(250)), Array(windows.suffix(250))]
        #expect(try Profile.merge(halves.map { try Profile.merge($0) }).lines == merged.lines)
    }

    @Test(arguments: 1...10) func mergingIsAssociativeOnTheClock(seed: UInt64) throws {
        let starts: [Int64] = [1_700_000_000_123, 1_700_000_007_777, 1_699_999_990_001]
        let profiles = zip(starts, 0...).map { start, index in
            var profile = Profile(seed: seed + UInt64(index) * 100)
            profile.startTime = start
            profile.blockDuration = index == 2 ? 2_000 : 1_000
            profile.duration = 3_000
            return profile
        }
        let all = try Profile.merge(profiles)
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let parts = order.map { profiles[$0] }
            let nested = try Profile.merge([Profile.merge([parts[0], parts[1]]), parts[2]])
            #expect(nested.lines == all.lines && nested.blockDuration == all.blockDuration)
        }
    }
}
