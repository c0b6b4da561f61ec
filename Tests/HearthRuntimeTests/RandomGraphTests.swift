import HearthGraph
import HearthRandom
import HearthRuntime
import Testing

/// Random graphs against an evaluator that knows nothing of plans: it asks for a node's value and, through it, for others'.
@Suite struct RandomGraphTests {
    private struct Recipe {
        var inputs: [Int]
        var factor: Double
        var constant: Double
    }

    /// Inputs are below a node's own number; -1 is the source.
    private func recipes(_ random: inout SeededGenerator) -> [Recipe] {
        (0..<1 + random.below(30)).map { node in
            let inputs = (0..<random.below(4)).map { _ in random.below(node + 1) - 1 }
            return Recipe(inputs: inputs, factor: Double(random.below(7) - 3), constant: Double(random.below(5)))
        }
    }

    private func value(_ node: Int, _ source: Double, _ recipes: [Recipe], _ memo: inout [Int: Double]) -> Double {
        if node < 0 { return source }
        if let known = memo[node] { return known }
        let recipe = recipes[node]
        let result = recipe.inputs.reduce(recipe.constant) {
            $0 + recipe.factor * value($1, source, recipes, &memo)
        }
        memo[node] = result
        return result
    }

    private func name(_ node: Int) -> String { node < 0 ? "in" : "n\(node)" }

    @Test(arguments: 0..<60) func everyScheduleGivesTheReferenceValues(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let recipes = recipes(&random)
        var nodes = recipes.enumerated().map { node, recipe in
            Pipeline.Node(
                name(node), reads: recipe.inputs.map(name),
                SumBody(recipe.inputs.count, factor: recipe.factor, constant: recipe.constant))
        }
        // The order of declaration must not matter.
        for place in nodes.indices { nodes.swapAt(place, random.below(nodes.count)) }
        let pipeline = try Pipeline(
            sources: [.init("in", .number)], nodes: nodes, keeping: Set(recipes.indices.map(name)))
        let source = (0..<5).map { _ in Double(random.below(100)) }
        for schedule in Schedule.allCases {
            let log = EventLog()
            let run = PipelineRun(pipeline, schedule: schedule, observers: [log])
            // Twice: the second time costs are known, and cheap nodes are no longer given a task.
            for _ in 0..<2 {
                let result = try await run.process(batch(source))
                for node in recipes.indices {
                    let expected = source.map { item -> Double? in
                        var memo: [Int: Double] = [:]
                        return value(node, item, recipes, &memo)
                    }
                    #expect(result.columns[name(node)] == .number(NumberColumn(expected)), "\(schedule) \(name(node))")
                }
            }
            // Nobody starts before what it reads is done, and everybody runs once a batch.
            var done: Set<String> = []
            for event in log.events {
                switch event {
                case .batchStarted: done = ["in"]
                case .nodeStarted(let node, _):
                    let recipe = recipes[Int(node.dropFirst()) ?? 0]
                    #expect(done.isSuperset(of: recipe.inputs.map(name)))
                case .nodeFinished(let node, _, _, _, _): #expect(done.insert(node).inserted)
                case .batchFinished: #expect(done.count == recipes.count + 1)
                }
            }
        }
    }
}
