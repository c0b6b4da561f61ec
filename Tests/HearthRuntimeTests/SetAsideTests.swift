import HearthGraph
import HearthRuntime
import Testing

/// What becomes of an item once a node has set it aside: nothing more, whatever the options.
@Suite struct SetAsideTests {
    /// Refuses what is below zero and leaves -1 in its place.
    private struct Root: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        let traits = NodeTraits.itemwise

        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            let numbers = try input.numbers()
            var roots: [Double] = []
            var rejections: [ItemError] = []
            for item in 0..<numbers.count {
                let value = numbers.value(item)
                roots.append(value < 0 ? -1 : value.squareRoot())
                if value < 0 {
                    // Twice: an item is set aside once.
                    rejections.append(ItemError(item: item, reason: "below zero"))
                    rejections.append(ItemError(item: item, reason: "again"))
                }
            }
            return NodeOutput(.number(NumberColumn(roots)), rejections: rejections)
        }
    }

    /// Cannot bear -1: throws, or refuses it.
    private struct Picky: NodeBody {
        let inputs: [ColumnType] = [.number]
        let output = ColumnType.number
        var traits = NodeTraits.itemwise
        let throwsIt: Bool

        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
            let numbers = try input.numbers(taking: 0)
            var rejections: [ItemError] = []
            for item in 0..<numbers.count where numbers[item] == -1 {
                if throwsIt { throw ThrowingBody.Broken() }
                rejections.append(ItemError(item: item, reason: "minus one"))
            }
            return NodeOutput(.number(numbers), rejections: rejections)
        }
    }

    private func run(_ options: RunOptions, _ picky: Picky, _ values: [Double?]) async throws -> BatchResult {
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [.init("root", reads: ["in"], Root()), .init("picky", reads: ["root"], picky)])
        return try await PipelineRun(pipeline, options: options).process(batch(values))
    }

    @Test(arguments: [true, false], [NodeTraits.itemwise, .costly])
    func laterNodesDoNotMeetIt(throwsIt: Bool, traits: NodeTraits) async throws {
        for options in RunOptions.all {
            let picky = Picky(traits: traits, throwsIt: throwsIt)
            let result = try await run(options, picky, [4, -9, 16])
            #expect(result.rejections.map(\.node) == ["root"], "\(options)")
            #expect(result.rejections.map(\.error) == [ItemError(item: 1, reason: "below zero")], "\(options)")
            guard case .number(let numbers)? = result.columns["picky"]?.content else {
                Issue.record("no numbers")
                return
            }
            #expect(numbers[0] == 2 && numbers[2] == 4, "\(options)")
            #expect(try await run(options, picky, [-1, -2]).rejections.count == 2, "\(options)")
        }
    }

    @Test(arguments: Evaluation.allCases) func itIsCountedOnce(evaluation: Evaluation) async throws {
        let pipeline = try Pipeline(
            sources: [.init("in", .number)],
            nodes: [
                .init("root", reads: ["in"], Root()), .init("picky", reads: ["root"], Picky(throwsIt: false)),
            ])
        let run = PipelineRun(pipeline, options: RunOptions(.sequential, evaluation))
        _ = try await run.process(batch([4, -9, 16]))
        #expect(run.table?.rows.map(\.rejected) == [1, 0])
    }

    /// What a source has set aside fails no run, whoever may refuse it once more.
    @Test(arguments: Evaluation.allCases) func refusedAgainItIsNoFailure(evaluation: Evaluation) async throws {
        let pipeline = try Pipeline(
            sources: [.init("in", .number)], nodes: [.init("sum", reads: ["in"], SumBody(1, refused: 7))])
        var options = RunOptions(.sequential, evaluation)
        options.errors = .fail
        let run = PipelineRun(pipeline, options: options)
        let result = try await run.process(batch([1, 7], rejections: [ItemError(item: 1, reason: "bad line")]))
        #expect(result.rejections.map(\.error.reason) == ["bad line"])
        let failure = await #expect(throws: NodeFailure.self) { try await run.process(batch([1, 2, 7, 7])) }
        #expect(failure?.item == 2)
    }
}

extension NodeInput {
    fileprivate func numbers(taking index: Int) throws -> NumberColumn {
        guard case .number(let numbers) = take(index).content else { throw ThrowingBody.Broken() }
        return numbers
    }
}
