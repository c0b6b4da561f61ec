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

    @Test func columnsAreReleasedAfterTheirLastReader() throws {
        let plan = try graph(node("a", "in"), node("b", "a"), node("c", "a", "b"), node("d", "c", "b")).plan(
            keeping: ["b"])
        func releases(_ name: String) -> [String] {
            plan.steps.first { $0.name == name }?.releases.map(plan.name(ofSlot:)) ?? []
        }
        #expect(releases("a") == ["in"])
        #expect(releases("b") == [])
        #expect(releases("c") == ["a"])
        #expect(releases("d") == ["c"])
        #expect(plan.results.map { plan.steps[$0].name } == ["b", "d"])
    }

    @Test func describesItself() throws {
        let plan = try graph(node("a", "in"), node("b", "a")).plan()
        #expect(
            plan.description == """
                source   in: text
                level 0  a: text ← in; releases in
                level 1  b: text ← a; releases a
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
