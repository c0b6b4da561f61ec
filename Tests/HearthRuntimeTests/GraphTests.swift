import HearthGraph
import Testing

@Suite struct GraphTests {
    private func node(_ name: String, _ inputs: String..., output: ColumnType = .text) -> Graph.Node {
        Graph.Node(name, inputs: inputs.map { .init($0, .text) }, output: output)
    }

    private func graph(_ nodes: Graph.Node...) -> Graph { Graph(sources: [.init("in", .text)], nodes: nodes) }

    @Test func errorsNameTheNodes() {
        #expect(throws: GraphError.duplicateName("a")) { try graph(node("a", "in"), node("a", "in")).plan() }
        #expect(throws: GraphError.duplicateName("in")) { try graph(node("in")).plan() }
        #expect(throws: GraphError.emptyName) { try graph(node("", "in")).plan() }
        #expect(throws: GraphError.missingInput(node: "a", input: "b")) { try graph(node("a", "b")).plan() }
        #expect(throws: GraphError.unknownName("z")) { try graph(node("a", "in")).plan(keeping: ["z"]) }
        #expect(throws: GraphError.keptSource("in")) { try graph(node("a", "in")).plan(keeping: ["in"]) }
        #expect(throws: GraphError.typeMismatch(node: "b", input: "a", expected: .text, found: .number)) {
            try graph(node("a", "in", output: .number), node("b", "a")).plan()
        }
        #expect(
            throws: GraphError.typeMismatch(
                node: "b", input: "a", expected: .vector(dimension: 3), found: .vector(dimension: 2)
            )
        ) {
            let wide = Graph.Node("b", inputs: [.init("a", .vector(dimension: 3))], output: .text)
            return try graph(node("a", "in", output: .vector(dimension: 2)), wide).plan()
        }
        let error = GraphError.missingInput(node: "a", input: "b")
        #expect(error.description == "node 'a' reads 'b', which does not exist")
    }

    @Test func cyclesAreNamedInTheOrderOfTheirEdges() {
        #expect(throws: GraphError.cycle(["a"])) { try graph(node("a", "a")).plan() }
        // x hangs on the cycle and is not in it.
        let cyclic = graph(node("x", "c"), node("a", "in", "c"), node("b", "a"), node("c", "b"))
        do {
            _ = try cyclic.plan()
            Issue.record("a cycle was planned")
        } catch {
            guard case .cycle(let names) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(Set(names) == ["a", "b", "c"])
            let edges = ["a": "b", "b": "c", "c": "a"]
            for (place, name) in names.enumerated() { #expect(edges[name] == names[(place + 1) % 3]) }
        }
    }

    @Test func plansByLevelThenByDeclaration() throws {
        let plan = try graph(
            node("last", "left", "right"), node("left", "first"), node("right", "first"), node("first", "in"),
            node("alone")
        ).plan()
        #expect(plan.steps.map(\.name) == ["first", "alone", "left", "right", "last"])
        #expect(plan.steps.map(\.level) == [0, 0, 1, 1, 2])
        #expect(plan.levels == [0..<2, 2..<4, 4..<5])
        #expect(plan.results.map { plan.steps[$0].name } == ["alone", "last"])
    }

    @Test func columnsLiveUntilTheirLastReader() throws {
        let plan = try graph(node("a", "in"), node("b", "a"), node("c", "a", "b"), node("d", "c", "b")).plan(
            keeping: ["b"])
        func lifetime(_ name: String) -> ClosedRange<Int>? {
            plan.lifetimes.indices.first { plan.name(ofSlot: $0) == name }.map { plan.lifetimes[$0] }
        }
        #expect(plan.order.map { plan.steps[$0].name } == ["a", "b", "c", "d"])
        #expect(lifetime("in") == 0...0)
        #expect(lifetime("a") == 0...2)
        #expect(lifetime("b") == 1...3)
        #expect(lifetime("c") == 2...3)
        #expect(plan.results.map { plan.steps[$0].name } == ["b", "d"])
        #expect(plan.readers == [1, 2, 2, 1, 0])
        #expect(plan.peakColumns == 3)
    }

    @Test func chainsAreFused() throws {
        let plan = try graph(
            node("a", "in"), node("b", "a"), node("c", "b"), node("d", "c"), node("e", "c"), node("f", "d", "e"),
            node("g", "f", "f")
        ).plan()
        let units = plan.units.map { $0.steps.map { plan.steps[$0].name } }
        #expect(units == [["a", "b", "c"], ["d"], ["e"], ["f", "g"]])
        #expect(plan.units.map { Array($0.predecessors) } == [[], [0], [0], [1, 2]])
        #expect(plan.units.map { Array($0.successors) } == [[1, 2], [3], [3], []])
        #expect(plan.units.map(\.height) == [6, 3, 3, 2])
        #expect(plan.steps.allSatisfy { step in plan.units[step.unit].steps.contains { plan.steps[$0] == step } })
    }

    @Test func theLongestWayIsTheDearest() throws {
        let plan = try graph(
            node("short", "in"), node("a", "in"), node("b", "a"), node("end", "b", "short")
        ).plan()
        #expect(plan.criticalPath().map { plan.steps[$0].name } == ["a", "b", "end"])
        let costs = plan.steps.map { $0.name == "short" ? 10.0 : 1 }
        #expect(plan.criticalPath(costs: costs).map { plan.steps[$0].name } == ["short", "end"])
    }

    private func model(_ name: String, _ input: String, _ model: String) -> Graph.Node {
        Graph.Node(name, inputs: [.init(input, .text)], output: .text, model: model)
    }

    @Test func nodesThatWantOneModelMeetWhereNoneNeedsAnother() throws {
        // As deep as they may stand: x is ready at once, y after two nodes; z needs x.
        let plan = try graph(
            model("x", "in", "m"), node("a", "in"), node("b", "a"), model("y", "b", "m"), model("z", "x", "m"),
            model("w", "in", "n")
        ).plan()
        let met = plan.units.compactMap { unit -> [String]? in
            guard case .dispatch = unit.kind else { return nil }
            return unit.steps.map { plan.steps[$0].name }.sorted()
        }
        #expect(Set(met) == [["x", "y"], ["z"], ["w"]])
    }

    /// Two models that need each other crosswise must not wait for each other for ever.
    @Test func meetingsNeverWaitForEachOther() throws {
        let plan = try graph(
            model("a", "in", "m"), model("c", "a", "n"), model("d", "in", "n"), model("b", "d", "m")
        ).plan()
        let position = Dictionary(uniqueKeysWithValues: plan.order.enumerated().map { ($1, $0) })
        for (index, step) in plan.steps.enumerated() {
            for slot in step.inputs where slot >= 1 { #expect(position[slot - 1] ?? 99 < position[index] ?? 0) }
        }
        #expect(plan.units.count == 4)
    }

    @Test func describesItself() throws {
        let plan = try graph(
            node("a", "in"), node("b", "a"), model("x", "b", "m"), model("y", "in", "m"), node("end", "x", "y")
        ).plan()
        #expect(
            plan.description == """
                source   in: text
                level 0  a: text ← in
                level 1  ↳ b: text ← a; releases a
                level 0  y: text ← in by m; releases in
                level 2  x: text ← b by m; releases b
                level 3  end: text ← x, y; releases y, x
                meet at m: y, x
                longest way: a → b → x → end
                columns at once: 3 of 6
                """)
        #expect(
            plan.dot == """
                digraph plan {
                  rankdir=LR;
                  node [shape=box, style=rounded];
                  n0 [label="in\\ntext", style=dashed];
                  n1 [label="a\\ntext", penwidth=2];
                  n3 [label="b\\ntext", penwidth=2];
                  subgraph cluster_1 { label="m"; n2 [label="y\\ntext"]; n4 [label="x\\ntext", penwidth=2]; }
                  n5 [label="end\\ntext", penwidth=2];
                  n0 -> n1;
                  n0 -> n2;
                  n1 -> n3 [penwidth=2];
                  n3 -> n4 [penwidth=2];
                  n4 -> n5 [penwidth=2];
                  n2 -> n5;
                }

                """)
    }

    @Test func aLongChainDoesNotRunOutOfStack() throws {
        let nodes = (0..<100_000).map {
            Graph.Node("n\($0)", inputs: [.init($0 == 0 ? "in" : "n\($0 - 1)", .text)], output: .text)
        }
        let plan = try Graph(sources: [.init("in", .text)], nodes: nodes).plan()
        #expect(plan.levels.count == 100_000)
        let loop = [Graph.Node("n0", inputs: [.init("n99999", .text)], output: .text)] + nodes.dropFirst()
        #expect(throws: GraphError.self) { try Graph(sources: [.init("in", .text)], nodes: loop).plan() }
    }
}
