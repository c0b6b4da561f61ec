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
        /// Of several, which model it wants; nil for a node of its own code.
        var model: Int?
        /// A node that takes whole batches only.
        var takesBatches: Bool
    }

    private struct Case {
        let recipes: [Recipe]
        let pipeline: Pipeline
        let batches: [[Double]]
        /// Evaluations an item where nothing is remembered.
        let plainEvaluations: Int
    }

    /// As ``SumBody``, for whole batches.
    private struct BatchBody: NodeBody {
        let body: SumBody
        var inputs: [ColumnType] { body.inputs }
        var output: ColumnType { body.output }
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { try body.evaluate(input) }
    }

    /// Inputs are below a node's own number; -1 is the source.
    private func recipes(_ random: inout SeededGenerator) -> [Recipe] {
        (0..<1 + random.below(20)).map { node in
            let isModel = random.below(4) == 0
            let inputs = (0..<(isModel ? 1 : random.below(4))).map { _ in random.below(node + 1) - 1 }
            return Recipe(
                inputs: inputs, factor: Double(random.below(7) - 3), constant: Double(random.below(5)),
                model: isModel ? random.below(2) : nil, takesBatches: random.below(6) == 0)
        }
    }

    private func value(_ node: Int, _ source: Double, _ recipes: [Recipe], _ memo: inout [Int: Double]) -> Double {
        if node < 0 { return source }
        if let known = memo[node] { return known }
        let recipe = recipes[node]
        let result =
            if recipe.model != nil {
                2 * value(recipe.inputs[0], source, recipes, &memo) + 1
            } else {
                recipe.inputs.reduce(recipe.constant) { $0 + recipe.factor * value($1, source, recipes, &memo) }
            }
        memo[node] = result
        return result
    }

    private func name(_ node: Int) -> String { node < 0 ? "in" : "n\(node)" }

    private func make(_ seed: Int) throws -> Case {
        var random = SeededGenerator(seed: UInt64(seed))
        let recipes = recipes(&random)
        let models = [DoublingModel().reference("m0"), DoublingModel().reference("m1")]
        var nodes = recipes.enumerated().map { node, recipe in
            let reads = recipe.inputs.map(name)
            if let model = recipe.model { return Pipeline.Node(name(node), reads: reads[0], model: models[model]) }
            let body = SumBody(recipe.inputs.count, factor: recipe.factor, constant: recipe.constant)
            return recipe.takesBatches
                ? Pipeline.Node(name(node), reads: reads, BatchBody(body: body))
                : Pipeline.Node(name(node), reads: reads, body)
        }
        // The order of declaration must not matter.
        for place in nodes.indices { nodes.swapAt(place, random.below(nodes.count)) }
        var ways = recipes.map { _ in 1 }
        for node in recipes.indices {
            ways[node] += recipes[node].inputs.reduce(0) { $0 + ($1 < 0 ? 0 : ways[$1]) }
        }
        return Case(
            recipes: recipes,
            pipeline: try Pipeline(
                sources: [.init("in", .number)], nodes: nodes, keeping: Set(recipes.indices.map(name))),
            batches: (0..<3).map { _ in (0..<random.below(7)).map { _ in Double(random.below(4)) } },
            plainEvaluations: ways.reduce(0, +))
    }

    @Test(arguments: 0..<8) func everyChoiceGivesTheReferenceValues(_ seed: Int) async throws {
        let made = try make(seed)
        for options in RunOptions.all {
            if options.evaluation != .batched, options.memoBytes == nil, made.plainEvaluations > 400 { continue }
            let run = PipelineRun(made.pipeline, options: options)
            for source in made.batches {
                let result = try await run.process(batch(source))
                for node in made.recipes.indices {
                    let expected = source.map { item -> Double? in
                        var memo: [Int: Double] = [:]
                        return value(node, item, made.recipes, &memo)
                    }
                    #expect(
                        result.columns[name(node)] == .number(NumberColumn(expected)), "\(options) \(name(node))")
                }
            }
        }
    }

    /// Nobody starts before what it reads is done, and everybody runs once a batch.
    @Test(arguments: 0..<40, Schedule.allCases) func batchesRunInOrder(_ seed: Int, _ schedule: Schedule) async throws {
        let made = try make(seed)
        let log = EventLog()
        let run = PipelineRun(made.pipeline, options: RunOptions(schedule), observers: [log])
        for source in made.batches { _ = try await run.process(batch(source)) }
        var done: Set<String> = []
        for event in log.events {
            switch event {
            case .batchStarted: done = ["in"]
            case .nodeStarted(let node, _):
                let recipe = made.recipes[Int(node.dropFirst()) ?? 0]
                #expect(done.isSuperset(of: recipe.inputs.map(name)))
            case .nodeFinished(let node, _, _, _, _): #expect(done.insert(node).inserted)
            case .batchFinished: #expect(done.count == made.recipes.count + 1)
            default: break
            }
        }
    }
}
