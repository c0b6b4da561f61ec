import Foundation
import HearthGraph
import HearthRandom
import HearthRuntime

/// What the runtime itself costs a node: nodes that do nothing, in graphs of several shapes, beside a Swift task a node and a task
/// group a level in the same run.
struct SchedulerBench {
    private enum Shape: String, CaseIterable {
        /// Each reads the one before.
        case chain
        /// All read the source; one reads them all.
        case fan
        /// Each reads one to three of those before it, most of them near.
        case random
    }

    /// Gives what it reads first.
    private struct Empty: NodeBody {
        let inputs: [ColumnType]
        let output = ColumnType.number
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { NodeOutput(input.take()) }
    }

    private static let rounds = 7
    private static let sizes = [("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)]

    func run() async throws {
        print(
            "# nanoseconds of wall time a node; the median of \(Self.rounds) batches of one item, with the least and the most"
        )
        for shape in Shape.allCases {
            for (name, count) in Self.sizes { try await measure(shape, "scheduler.\(shape.rawValue).\(name)", count) }
        }
    }

    private func measure(_ shape: Shape, _ key: String, _ count: Int) async throws {
        let inputs = inputs(shape, count)
        let clock = ContinuousClock()
        let start = clock.now
        let pipeline = try pipeline(inputs)
        printFigure("\(key).plan", (clock.now - start).seconds, "s", digits: 3)

        var options = RunOptions()
        options.keepsTable = false
        try await time(key, pipeline, options, count)
        options.schedule = .sequential
        try await time("\(key).sequential", pipeline, options, count)
        options = RunOptions()
        try await time("\(key).table", pipeline, options, count)
        let levels = pipeline.plan.levels.map { level in
            level.map { step in pipeline.plan.steps[step].inputs.map { $0 - pipeline.plan.sources.count } }
        }
        await timeOther("\(key).tasks", count) { await Self.taskANode(levels, count) }
        await timeOther("\(key).groups", count) { await Self.groupALevel(levels, count) }
    }

    private func time(_ key: String, _ pipeline: Pipeline, _ options: RunOptions, _ count: Int) async throws {
        let run = PipelineRun(pipeline, options: options)
        let column = Column.number(NumberColumn([1]))
        let batch = Batch(columns: ["in": column], count: 1)
        var times: [Double] = []
        // The first batch measures units; it is printed on its own.
        for round in 0...Self.rounds {
            let start = ContinuousClock.now
            let result = try await run.process(batch)
            let time = (ContinuousClock.now - start).seconds * 1e9 / Double(count)
            guard result.columns.values.allSatisfy({ $0 == column }) else { fatalError("not what was put in") }
            if round == 0 { printFigure("\(key).first", time, "ns", digits: 1) } else { times.append(time) }
        }
        printTimes(key, times)
    }

    private func timeOther(_ key: String, _ count: Int, _ body: () async -> Int) async {
        var times: [Double] = []
        for _ in 0..<3 {
            let start = ContinuousClock.now
            let sum = await body()
            times.append((ContinuousClock.now - start).seconds * 1e9 / Double(count))
            guard sum == count else { fatalError("not every node has run") }
        }
        printTimes(key, times)
    }

    private func printTimes(_ key: String, _ times: [Double]) {
        printFigure(key, times.quantile(0.5), "ns", digits: 1)
        print("#   \(key): \(String(format: "%.1f to %.1f", times.min() ?? 0, times.max() ?? 0)) ns")
    }

    // MARK: Graphs

    /// What every node reads, -1 for the source.
    private func inputs(_ shape: Shape, _ count: Int) -> [[Int]] {
        var random = SeededGenerator(seed: 7)
        return (0..<count).map { node in
            switch shape {
            case .chain: return [node - 1]
            case .fan: return node == count - 1 ? Array(0..<count - 1) : [-1]
            case .random:
                return (0..<1 + random.below(3)).map { _ in
                    let reach = random.below(8) == 0 ? node + 1 : min(node + 1, 1_000)
                    return node - 1 - random.below(reach)
                }
            }
        }
    }

    private func pipeline(_ inputs: [[Int]]) throws -> Pipeline {
        func name(_ node: Int) -> String { node < 0 ? "in" : "n\(node)" }
        return try Pipeline(
            sources: [.init("in", .number)],
            nodes: inputs.enumerated().map { node, reads in
                .init(
                    name(node), reads: reads.map(name), Empty(inputs: Array(repeating: .number, count: reads.count)))
            })
    }

    // MARK: What it is measured beside

    /// A task a node, which waits for the tasks of what it reads.
    private static func taskANode(_ levels: [[[Int]]], _ count: Int) async -> Int {
        var tasks: [Task<Int, Never>] = []
        tasks.reserveCapacity(count)
        for inputs in levels.joined() {
            let before = inputs.filter { $0 >= 0 }.map { tasks[$0] }
            tasks.append(
                Task {
                    for task in before { _ = await task.value }
                    return 1
                })
        }
        var sum = 0
        for task in tasks { sum += await task.value }
        return sum
    }

    /// A task group a level, with a child a node.
    private static func groupALevel(_ levels: [[[Int]]], _ count: Int) async -> Int {
        var sum = 0
        for level in levels {
            sum += await withTaskGroup(of: Int.self) { group in
                for _ in level { group.addTask { 1 } }
                return await group.reduce(0, +)
            }
        }
        return sum
    }
}
