import Foundation
import HearthGraph
import HearthLabels
import HearthRuntime
import HearthRuntimeLabels
import HearthSampling
import Synchronization

/// What the labels of a node cost a call of it, beside a hook that binds a bare task-local value.
struct NodeLabelsBench {
    private static let rounds = 150
    private static let turns = 4_000

    private enum Bare {
        @TaskLocal static var value: UInt64 = 0
    }

    private struct BareHook: NodeHook {
        func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
            try await Bare.$value.withValue(2) { try await body() }
        }
    }

    /// Keeps the call, which only the runtime makes.
    private final class Capture: NodeHook {
        let call = Mutex<NodeCall?>(nil)
        func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
            self.call.withLock { $0 = call }
            return try await body()
        }
    }

    private struct Same: NodeBody {
        let inputs: [ColumnType] = [.text]
        let output = ColumnType.text
        func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput { NodeOutput(input[0]) }
    }

    /// While a sampler runs.
    func run() async throws {
        let pipeline = try Pipeline(sources: [.init("in", .text)], nodes: [.init("same", reads: ["in"], Same())])
        let capture = Capture()
        let column = Column.text(BytesColumn(["x"]))
        let run = PipelineRun(pipeline, name: "r", hook: capture)
        _ = try await run.process(Batch(columns: ["in": column], count: 1))
        guard let call = capture.call.withLock({ $0 }) else { return }
        let output = NodeOutput(column)
        let hook = NodeLabels(pipeline.plan, run: "r")
        try await compare("labels.node", call, output, hook)
        try await Bare.$value.withValue(1) {
            try await withProfilingLabels(ProfilingLabels(["endpoint": "/search"])) {
                try await compare("labels.node.nested", call, output, hook)
            }
        }
    }

    private func compare(_ name: String, _ call: NodeCall, _ output: NodeOutput, _ hook: NodeLabels) async throws {
        var (ours, bare) = ([Double](), [Double]())
        for _ in 0..<Self.rounds {
            let first = try await block(hook, call, output)
            let second = try await block(BareHook(), call, output)
            let third = try await block(BareHook(), call, output)
            let fourth = try await block(hook, call, output)
            ours.append((first + fourth) / 2)
            bare.append((second + third) / 2)
        }
        printComparison(name, ours, bare)
    }

    /// Through the existential, as the runtime calls it.
    @inline(never)
    private func block(_ hook: any NodeHook, _ call: NodeCall, _ output: NodeOutput) async throws -> Double {
        let start = processNanoseconds()
        for turn in 0..<Self.turns {
            _ = try await hook.around(call) {
                await LabelledWork.stepAsync(turn)
                return output
            }
        }
        return Double(processNanoseconds() - start) / Double(Self.turns)
    }
}
