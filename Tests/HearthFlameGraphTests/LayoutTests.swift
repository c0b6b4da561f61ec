import HearthProfile
import HearthRandom
import Testing

@testable import HearthFlameGraph

@Suite struct LayoutTests {
    private func chart(_ lines: [(String, Int64)]) -> CallTree {
        var profile = Profile(sampleTypes: [.samples])
        for (block, (line, value)) in lines.enumerated() {
            let stack = line.split(separator: ";").reduce(StackID.empty) {
                profile.push(profile.intern(frameNamed: String($1)), on: $0)
            }
            profile.add(.init(stack: stack, block: UInt32(block)), values: [value])
        }
        return CallTree(chronological: profile, column: 0)
    }

    @Test func aChartKeepsItsTime() {
        let tree = chart([("a;b", 1), ("a", 8), ("a;c", 1), ("a;b;d", 2), ("e", 4)])
        let layout = FlameLayout(tree, ownWeights: tree.selfValues[0], minimumShare: 0, frameBudget: 100)
        let boxes = layout.boxes.compactMap { box -> String? in
            guard case .node(let node) = box.content else { return nil }
            return "\(tree.path(to: node).joined(separator: ";")) \(box.start)+\(box.weight)"
        }
        #expect(boxes == [" 0+16", "a 0+12", "a;b 0+1", "a;c 9+1", "a;b 10+2", "a;b;d 10+2", "e 12+4"])
    }

    /// What is too narrow is summed up where it was: a late frame stays late.
    @Test func aChartPrunesNeighbours() {
        let many = (0..<2_000).map { ("m;x\($0 % 2);y", Int64(1)) }
        let tree = chart(many + [("m;late", 1_000)] + many + [("m", 500)])
        let layout = FlameLayout(tree, ownWeights: tree.selfValues[0], minimumShare: 0.001, frameBudget: 100)
        let boxes = layout.boxes.map { box -> String in
            switch box.content {
            case .node(let node): "\(tree.path(to: node).last ?? "all") \(box.start)+\(box.weight)"
            case .pruned(let frames): "other \(frames) \(box.start)+\(box.weight)"
            }
        }
        #expect(
            boxes == [
                "all 0+5500", "m 0+5500", "other 4000 0+2000", "late 2000+1000", "other 4000 3000+2000",
            ])
        #expect(layout.prunedFrames == 8_000 && layout.depth == 2)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>) func aChartHoldsItsBudgetAndItsTotal(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let lines = (0..<300).map { _ in
            let names = (0...random.below(4)).map { _ in "f\(random.below(3))" }
            return (names.joined(separator: ";"), Int64(1 + random.below(9)))
        }
        let tree = chart(lines)
        let budget = 2 + random.below(60)
        let layout = FlameLayout(tree, ownWeights: tree.selfValues[0], minimumShare: 0, frameBudget: budget)
        #expect(layout.boxes.count <= max(budget, 2))
        // Boxes of one row follow one another, and lie within what calls them.
        var ends: [Int: Int64] = [:]
        var callers: [FlameLayout.Box] = []
        for box in layout.boxes {
            callers.removeLast(max(callers.count - box.depth, 0))
            #expect(box.start >= ends[box.depth] ?? 0)
            ends[box.depth] = box.start + box.weight
            if let caller = callers.last {
                #expect(box.start >= caller.start && box.start + box.weight <= caller.start + caller.weight)
            }
            callers.append(box)
        }
    }

    private func layout(
        _ profile: Profile, minimumShare: Double = 0, budget: Int = 10_000, reversed: Bool = false
    ) -> (tree: CallTree, layout: FlameLayout) {
        let tree = CallTree(profile, column: 0, reversed: reversed)
        return (
            tree,
            FlameLayout(tree, ownWeights: tree.selfValues[0], minimumShare: minimumShare, frameBudget: budget)
        )
    }

    private func names(_ profile: Profile, minimumShare: Double = 0, budget: Int = 10_000) -> [String] {
        let (tree, layout) = layout(profile, minimumShare: minimumShare, budget: budget)
        return layout.boxes.map { box in
            let name =
                switch box.content {
                case .node(0): "all"
                case .node(let node): tree.functions[Int(tree.nodeFunctions[node])].name
                case .pruned(let frames): "other \(frames)"
                }
            return "\(box.depth) \(name) \(box.start)+\(box.weight)"
        }
    }

    /// A name that sorts between another and `;` splits that one in flamegraph.pl and inferno.
    @Test func siblingsAreOrderedAndNeverSplit() {
        let profile = SampleProfiles.collapsed("a;x 1\na b;x 2\na;y 4\nZ 8\na;x;é 16\na;x;z 32\na 64\n")
        #expect(
            names(profile) == [
                "0 all 0+127", "1 Z 0+8", "1 a 8+117", "2 x 8+49", "3 z 8+32", "3 é 40+16", "2 y 57+4", "1 a b 125+2",
                "2 x 125+2",
            ])
    }

    @Test func narrowFramesAreSummedUpUnderTheirCaller() {
        let profile = SampleProfiles.collapsed("a;b 50\na;c;d 3\na;e 4\na;f;g;h 3\ni 40\n")
        #expect(
            names(profile, minimumShare: 0.05) == [
                "0 all 0+100", "1 a 0+60", "2 b 0+50", "2 other 6 50+10", "1 i 60+40",
            ])
        let (_, pruned) = layout(profile, minimumShare: 0.05)
        #expect(pruned.threshold == 5 && pruned.prunedFrames == 6 && pruned.depth == 2)
        #expect(layout(profile).layout.prunedFrames == 0)
    }

    @Test func theBudgetKeepsTheWidest() {
        let profile = SampleProfiles.collapsed("a;b 50\na;c;d 3\na;e 4\na;f;g;h 3\ni 40\n")
        for budget in 1...12 {
            let boxes = layout(profile, budget: budget).layout.boxes
            #expect(boxes.count <= max(budget, 2), "budget \(budget)")
            #expect(boxes[0].weight == 100)
        }
        #expect(
            names(profile, budget: 5) == ["0 all 0+100", "1 a 0+60", "2 b 0+50", "2 other 6 50+10", "1 i 60+40"])
        #expect(names(profile, budget: 0) == ["0 all 0+100", "1 other 9 0+100"])
    }

    /// Equal frames that do not all fit are summed up together, rather than some of them picked.
    @Test func equalFramesFallTogether() {
        let lines = (0..<1_000).map { "f\($0) 1" }.joined(separator: "\n")
        #expect(names(SampleProfiles.collapsed(lines), budget: 500) == ["0 all 0+1000", "1 other 1000 0+1000"])
    }

    /// Whatever is pruned, every caller's weight is its own part and its boxes'; boxes lie inside their caller's and do
    /// not overlap; names below one caller differ.
    @Test(arguments: 1...40) func weightIsPreserved(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var profile = Profile(sampleTypes: [.samples])
        let names = (0..<12).map { profile.intern(frameNamed: "f\($0)") }
        for _ in 0..<random.below(300) {
            let frames = (0..<random.below(12)).map { _ in names[random.below(names.count)] }
            let value = Int64(random.below(50)) - 2
            profile.add(.init(stack: profile.stack(rootFirst: frames)), values: [value])
        }
        let total = profile.values.reduce(0) { $0 + max(0, $1) }
        for (share, budget, reversed) in [
            (0, 10_000, false), (0, 10_000, true), (0.01, 10_000, false), (0, 40, false), (0.002, 60, true),
        ] {
            let (_, layout) = layout(profile, minimumShare: share, budget: budget, reversed: reversed)
            #expect(layout.boxes[0].weight == total)
            #expect(layout.boxes.count <= max(budget, 2))
            check(layout, exactly: share == 0)
        }
    }

    private func check(_ layout: FlameLayout, exactly: Bool) {
        for (index, box) in layout.boxes.enumerated() {
            guard case .node = box.content else { continue }
            var end = box.start
            var children: Int64 = 0
            for child in layout.boxes[(index + 1)...] {
                if child.depth <= box.depth { break }
                guard child.depth == box.depth + 1 else { continue }
                #expect(child.start == end, "no gap before \(child)")
                end = child.start + child.weight
                children += child.weight
            }
            #expect(end <= box.start + box.weight)
            // A sum narrower than the least width is not drawn; without a least width, nothing is lost.
            if exactly { #expect(children + box.ownWeight == box.weight) }
        }
    }

    @Test func deepStacksNeedNoRecursion() {
        var profile = Profile(sampleTypes: [.samples])
        let frames = [profile.intern(frameNamed: "even"), profile.intern(frameNamed: "odd")]
        var stack = StackID.empty
        for depth in 0..<60_000 { stack = profile.push(frames[depth % 2], on: stack) }
        profile.add(.init(stack: stack), values: [3])
        #expect(layout(profile, budget: 100_000).layout.depth == 60_000)
        #expect(layout(profile, budget: 100).layout.boxes.count <= 100)
        #expect(layout(profile, reversed: true).layout.boxes.count <= 10_000)
    }

    @Test func hugeValuesStopAtTheLargestNumber() throws {
        let profile = SampleProfiles.collapsed("a;b \(Int64.max)\na;c \(Int64.max)\nd \(Int64.max)\n")
        let boxes = layout(profile).layout.boxes
        #expect(boxes[0].weight == .max)
        try expectWellFormed(FlameGraph(profile).svg())
        try expectWellFormed(ProfileDiff(base: profile, new: profile).svg())
    }

    @Test func theOrderOfRowsHasNoEffect() throws {
        let lines = ["a;b;c 4", "a;b 2", "a b 9", "x;y 7", "x;y;z 1", "a;b;c 3"]
        let expected = FlameGraph(SampleProfiles.collapsed(lines.joined(separator: "\n"))).svg()
        var random = SeededGenerator(seed: 5)
        for _ in 0..<20 {
            let shuffled = lines.shuffled(using: &random).joined(separator: "\n")
            #expect(FlameGraph(SampleProfiles.collapsed(shuffled)).svg() == expected)
        }
    }
}
