import HearthProfile
import Testing

@Suite struct RebuildTests {
    private let profile = Profile(collapsed: "a;b;c 1\na;b 2\na;x;c 4\nb 8")

    @Test func framesAreReplacedByNoneOneOrSeveral() {
        let source = profile
        let mapped = source.mapFrames { frame, result in
            switch source.strings[frame.name] {
            case "b": []
            case "x": ["x1", "x2"].map { Frame(name: result.intern($0), kind: .inlined) }
            default: [source.moved(frame, to: &result)]
            }
        }
        #expect(mapped.lines == [" 8", "a 2", "a;c 1", "a;x1;x2;c 4"])
    }

    @Test func theTransformIsCalledOnceAFrame() {
        var calls = 0
        _ = profile.mapFrames { frame, result in
            calls += 1
            return [profile.moved(frame, to: &result)]
        }
        #expect(calls == profile.frames.count)
    }

    @Test func addressesOfOneFunctionFallTogether() {
        var profile = Profile(sampleTypes: [.samples])
        let image = profile.intern(Image(path: "/bin/program"))
        for address in [1, 2, 3] as [UInt64] {
            let name = profile.intern(address < 3 ? "f" : "")
            let frame = profile.intern(Frame(name: name, line: UInt32(address), image: image, address: address))
            profile.add(.init(stack: profile.push(frame, on: .empty)), values: [10])
        }
        #expect(profile.samples.count == 3)
        let merged = profile.mergingAddresses()
        #expect(merged.lines == ["f 20", "program+0x3 10"])
        #expect(merged.mergingAddresses().lines == merged.lines)
    }

    @Test func samplesAreRewrittenAndDropped() {
        let source = Profile(collapsed: "a @0 1\na @1 2\nb @1 4")
        let folded = source.mapSamples { sample, profile in
            if profile.displayName(profile.stacks.leaf(of: sample.stack)) == "b" { return nil }
            var copy = sample
            copy.block = nil
            return copy
        }
        #expect(folded.lines == ["a 3"])
    }
}
