import Testing

@testable import HearthProfile

@Suite struct CallTreeTests {
    private func paths(_ tree: CallTree, side: Int = 0) -> [String] {
        (0..<tree.count).map { node in
            "\(tree.path(to: node).joined(separator: ";")) \(tree.selfValues[side][node])/\(tree.totals[side][node])"
        }
        .sorted()
    }

    @Test func valuesAreSummedTowardsTheRoot() {
        let tree = CallTree(Profile(collapsed: "a;b;c 1\na;b 2\na;d 4\ne 8"), column: 0)
        #expect(paths(tree) == [" 0/15", "a 0/7", "a;b 2/3", "a;b;c 1/1", "a;d 4/4", "e 8/8"])
    }

    @Test func reversedTheLeavesAreRoots() {
        let tree = CallTree(Profile(collapsed: "a;c 1\nb;c 2\nc;c 4"), column: 0, reversed: true)
        #expect(paths(tree) == [" 0/7", "c 0/7", "c;a 1/1", "c;b 2/2", "c;c 4/4"])
    }

    @Test func inOrderOnlyNeighboursAreAddedUp() {
        var profile = Profile(sampleTypes: [.samples])
        // Rows as they come, blocks as they were.
        let rows: [(block: UInt32, names: [String], value: Int64)] = [
            (3, ["a", "c"], 8), (0, ["a", "b"], 1), (1, ["a", "b"], 2), (2, ["a"], 4), (4, ["a", "b"], 16),
            (5, ["z"], -1),
        ]
        for row in rows {
            let stack = row.names.reduce(StackID.empty) { profile.push(profile.intern(frameNamed: $1), on: $0) }
            profile.add(.init(stack: stack, block: row.block), values: [row.value])
        }
        let tree = CallTree(chronological: profile, column: 0)
        #expect(tree.isChronological)
        #expect((1..<tree.count).map { tree.path(to: $0).joined(separator: ";") } == ["a", "a;b", "a;c", "a;b"])
        #expect(tree.selfValues[0] == [0, 4, 3, 8, 16] && tree.totals[0] == [31, 31, 3, 8, 16])
        // Of `a` itself, four lie between its callees.
        #expect(tree.starts == [0, 0, 0, 7, 15])
        let reversed = CallTree(chronological: profile, column: 0, reversed: true)
        #expect(
            (1..<reversed.count).map { reversed.path(to: $0).joined(separator: ";") } == [
                "b", "b;a", "a", "c", "c;a", "b", "b;a",
            ])
    }

    @Test func inOrderGroupsOfLabelsAreNotMixed() {
        var profile = Profile(sampleTypes: [.samples])
        for (block, thread) in ["two", "one", "two", "one"].enumerated() {
            let label = profile.intern(frameNamed: thread, kind: .label)
            let stack = profile.push(profile.intern(frameNamed: "f\(block)"), on: profile.push(label, on: .empty))
            profile.add(.init(stack: stack, block: UInt32(block)), values: [1])
        }
        let tree = CallTree(chronological: profile, column: 0)
        #expect(
            (1..<tree.count).map { tree.path(to: $0).joined(separator: ";") } == [
                "two", "two;f0", "two;f2", "one", "one;f1", "one;f3",
            ])
    }

    @Test func functionsAreOrderedInUTF8() {
        let tree = CallTree(Profile(collapsed: "é;Z 1\nz;a 1\na;ab 1\n~;日 1"), column: 0)
        #expect(tree.functions.map(\.name) == ["Z", "a", "ab", "z", "~", "é", "日"])
    }

    @Test func twoAddressesOfOneFunctionAreOneNode() {
        var profile = Profile(sampleTypes: [.samples])
        let name = profile.intern("f")
        for (address, kind) in [(1, Frame.Kind.inlined), (2, .function), (3, .label)] as [(UInt64, Frame.Kind)] {
            let frame = profile.intern(Frame(name: name, address: address, kind: kind))
            profile.add(.init(stack: profile.push(frame, on: .empty)), values: [1])
        }
        let tree = CallTree(profile, column: 0)
        #expect(tree.functions.map(\.kind) == [.function, .label])
        #expect(paths(tree) == [" 0/3", "f 1/1", "f 2/2"])
    }

    @Test func whatNoSampleHasIsNoNode() {
        var filter = ProfileFilter()
        filter.ignore = { $0 == "b" }
        let tree = CallTree(Profile(collapsed: "a;b;c 1\na 2\nx 0\ny -7").filtered(filter), column: 0)
        #expect(paths(tree) == [" 0/2", "a 2/2"])
    }

    @Test func sidesShareNodes() {
        let tree = CallTree([(Profile(collapsed: "a;b 1"), 0), (Profile(collapsed: "a;c 2\na;b 4"), 0)])
        #expect(paths(tree, side: 0) == [" 0/1", "a 0/1", "a;b 1/1", "a;c 0/0"])
        #expect(paths(tree, side: 1) == [" 0/6", "a 0/6", "a;b 4/4", "a;c 2/2"])
    }

    @Test(arguments: 1...10) func bothDirectionsKeepTheTotal(seed: UInt64) {
        let profile = Profile(seed: seed)
        for column in 0..<2 {
            for reversed in [false, true] {
                let tree = CallTree(profile, column: column, reversed: reversed)
                #expect(tree.totals[0][0] == profile.total(column: column))
                #expect(tree.selfValues[0].reduce(0, +) == profile.total(column: column))
            }
        }
    }
}
