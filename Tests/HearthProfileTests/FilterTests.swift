import HearthProfile
import Testing

@Suite struct FilterTests {
    private let profile = Profile(
        collapsed: "a;b;c 1\na;b node=x 2\na;d node=x 4\na;d node=y @3 8\ne 16")

    private func filtered(_ set: (inout ProfileFilter) -> Void) -> [String] {
        var filter = ProfileFilter()
        set(&filter)
        return profile.filtered(filter).lines
    }

    @Test func nothingAskedForChangesNothing() { #expect(filtered { _ in } == profile.lines) }

    @Test func labelsSelectSamples() {
        #expect(filtered { $0.labels = [("node", "x")] } == ["a;b node=x 2", "a;d node=x 4"])
        #expect(filtered { $0.labels = [("node", "x"), ("node", "y")] } == [])
        #expect(filtered { $0.labels = [("other", "x")] } == [])
    }

    @Test func numbersAreMatchedAsText() {
        var profile = Profile(sampleTypes: [.samples])
        profile.add(
            .init(stack: .empty, labels: profile.intern(labels: ["size": .number(512, unit: "bytes")])), values: [1])
        for text in ["512", "512 bytes"] {
            var filter = ProfileFilter()
            filter.labels = [("size", text)]
            #expect(!profile.filtered(filter).isEmpty)
        }
    }

    @Test func focusAndIgnoreSelectStacks() {
        #expect(filtered { $0.focus = { $0 == "b" } } == ["a;b node=x 2", "a;b;c 1"])
        #expect(filtered { $0.ignore = { $0 == "a" } } == ["e 16"])
        #expect(
            filtered {
                $0.focus = { $0 == "a" }
                $0.ignore = { $0 == "b" }
            } == ["a;d node=x 4", "a;d node=y @3 8"])
    }

    @Test func hiddenFramesLeaveTheirStacks() {
        #expect(
            filtered { $0.hide = { $0 == "b" || $0 == "e" } } == [
                " 16", "a node=x 2", "a;c 1", "a;d node=x 4", "a;d node=y @3 8",
            ])
    }

    @Test func labelsBecomeRoots() {
        #expect(
            filtered { $0.groupBy = ["node"] } == [
                "[no node];a;b;c 1", "[no node];e 16", "x;a;b node=x 2", "x;a;d node=x 4", "y;a;d node=y @3 8",
            ])
        let grouped = profile.grouped(by: ["kind", "node"])
        #expect(grouped.lines.contains("[no kind];x;a;b node=x 2"))
        let root = grouped.frames.first { grouped.strings[$0.name] == "x" }
        #expect(root?.kind == .label)
    }

    @Test(arguments: 1...10) func noFilterLosesOrAddsWeight(seed: UInt64) {
        let profile = Profile(seed: seed)
        for column in 0..<2 {
            let total = profile.total(column: column)
            #expect(profile.grouped(by: ["node", "none"]).total(column: column) == total)
            var filter = ProfileFilter()
            filter.hide = { $0 == "f1" }
            #expect(profile.filtered(filter).total(column: column) == total)
            #expect(profile.mergingAddresses().total(column: column) == total)
            var focus = ProfileFilter()
            focus.focus = { $0 == "f2" }
            var ignore = ProfileFilter()
            ignore.ignore = { $0 == "f2" }
            let parts = [focus, ignore].map { profile.filtered($0).total(column: column) }
            #expect(parts[0] + parts[1] == total)
        }
    }
}
