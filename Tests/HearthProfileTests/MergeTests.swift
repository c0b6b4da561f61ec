import HearthProfile
import Testing

@Suite struct MergeTests {
    @Test(arguments: 1...15) func mergingIsAssociativeAndCommutative(seed: UInt64) throws {
        let (a, b, c) = (Profile(seed: seed), Profile(seed: seed + 100), Profile(seed: seed + 200))
        let all = try Profile.merge([a, b, c]).lines
        #expect(try Profile.merge([c, a, b]).lines == all)
        #expect(try Profile.merge([.merge([a, b]), c]).lines == all)
        #expect(try Profile.merge([a, .merge([b, c])]).lines == all)
        #expect(try Profile.merge([a]).lines == a.lines)
        #expect(try Profile.merge([a, Profile(like: a)]).lines == a.lines)
    }

    @Test func valuesAddUp() throws {
        let merged = try Profile.merge([Profile(collapsed: "a;b 1\na node=x 2"), Profile(collapsed: "a node=x 3\nc 4")])
        #expect(merged.lines == ["a node=x 5", "a;b 1", "c 4"])
    }

    @Test func framesOfDifferentTablesMeet() throws {
        var first = Profile(sampleTypes: [.samples])
        var second = Profile(sampleTypes: [.samples])
        _ = second.intern("shifts the tables")
        _ = second.intern(Image(path: "/other"))
        for value in 1...2 {
            var profile = value == 1 ? first : second
            let frame = Frame(
                name: profile.intern("f"), fullName: profile.intern("M.f"), file: profile.intern("f.swift"), line: 3,
                image: profile.intern(Image(path: "/lib")), address: 4)
            profile.add(.init(stack: profile.push(profile.intern(frame), on: .empty)), values: [Int64(value)])
            if value == 1 { first = profile } else { second = profile }
        }
        let merged = try Profile.merge([first, second])
        #expect(merged.lines == ["f 3"])
        let frame = merged.frame(merged.stacks.leaf(of: merged.samples[0].stack))
        #expect(merged.strings[frame.fullName] == "M.f" && merged.strings[frame.file] == "f.swift" && frame.line == 3)
        #expect(frame.image.map { merged.image($0).path } == "/lib")
    }

    @Test func timesSpanAllAndAttributesAreKept() throws {
        var first = Profile(
            sampleTypes: [.cpu], startTime: 100, duration: 50, attributes: ["clock": "timer", "host": "a"])
        var second = Profile(
            sampleTypes: [.cpu], startTime: 120, duration: 100, attributes: ["clock": "timer", "host": "b"])
        let merged = try Profile.merge([first, second])
        #expect(merged.startTime == 100 && merged.duration == 120)
        #expect(merged.attributes == ["clock": "timer", "host": "a | b"])
        first.startTime = 0
        second.startTime = 0
        #expect(try Profile.merge([first, second]).duration == 150)
    }

    @Test func timesOfAHostileFileAreNoCrash() throws {
        let odd = [(1, Int64.max), (.max, .max), (.max, .min), (5, .min), (0, .max), (0, .min)].map {
            Profile(sampleTypes: [.cpu], startTime: $0, duration: $1)
        }
        for first in odd {
            for second in odd { #expect(try Profile.merge([first, second]).isEmpty) }
        }
        #expect(try Profile.merge([odd[0], odd[0]]).duration == .max - 1)
    }

    @Test func whatCannotBeMergedIsSaid() {
        #expect(throws: Profile.MergeError.noProfiles) { try Profile.merge([]) }
        let error = Profile.MergeError.sampleTypesDiffer([.samples], [.samples, .cpu])
        #expect(throws: error) {
            try Profile.merge([Profile(sampleTypes: [.samples]), Profile(sampleTypes: [.samples, .cpu])])
        }
        #expect(error.description == "sample types differ: samples/count and samples/count, cpu/nanoseconds")
    }
}
