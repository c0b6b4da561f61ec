import HearthProfile
import Testing

@Suite struct SplitTests {
    @Test func everyValueIsAProfile() {
        let profile = Profile(collapsed: "a node=x 1\nb 2\na node=y kind=k 4\na;b node=x kind=k 8")
        let parts = profile.split(by: ["node"])
        #expect(parts.map(\.values) == [[.text("x")], [nil], [.text("y")]])
        #expect(parts.map(\.profile.lines) == [["a node=x 1", "a;b kind=k node=x 8"], ["b 2"], ["a kind=k node=y 4"]])
        let both = profile.split(by: ["kind", "node"])
        #expect(both.count == 4 && both[3].values == [.text("k"), .text("x")])
        #expect(profile.split(by: []).map(\.profile.lines) == [profile.lines])
        #expect(Profile(sampleTypes: [.samples]).split(by: ["node"]).isEmpty)
    }

    @Test(arguments: 1...10) func partsAddUpToTheWhole(seed: UInt64) throws {
        let profile = Profile(seed: seed)
        let parts = profile.split(by: ["node"])
        #expect(Set(parts.map(\.values)).count == parts.count)
        #expect(try Profile.merge(parts.map(\.profile)).lines == profile.lines)
        for (values, part) in parts {
            #expect(part.samples.allSatisfy { part.labels[$0.labels]["node"] == values[0] })
            #expect(part.samples.allSatisfy { profile.stacks.leaf(of: $0.stack) == part.stacks.leaf(of: $0.stack) })
        }
    }
}
