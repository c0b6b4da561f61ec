import Foundation
import Hearth
import HearthFormats
import HearthIngestion
import HearthProfile
import HearthRuntime
import Synchronization

/// One run of ``GatePipelineBench``: ingests the sample corpus some times, with stages around every node that do as much as they are
/// told, and leaves its profile.
struct GatePipelineJob {
    /// What each stage does a call, in rounds of its loop.
    struct Costs: Codable, Sendable {
        var hot = 0.0
        var medium = 0.0
        var cold = 0.0
    }

    /// What is asked of a run.
    struct Order: Codable {
        var turns: Int
        var hertz: Int
        var costs: Costs
        var folder: String
    }

    /// What a run says.
    struct Report: Codable {
        /// Of the run without its profile's names, in seconds.
        var cpu: Double
        /// Of each stage.
        var calls: Int
        /// Rounds a second.
        var speed: Double
    }

    private static let corpus = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"

    let order: Order

    func run() async throws {
        let stages = Stages(order.costs)
        let start = ProcessUsage.own.seconds
        let ended = Mutex(start)
        let profile = try await Profiler.record(.cpu(hertz: order.hertz)) {
            for _ in 0..<order.turns { try await ingest(stages) }
            ended.withLock { $0 = ProcessUsage.own.seconds }
        }
        try profile.write(to: "\(order.folder)/profile.folded")
        let report = Report(
            cpu: ended.withLock { $0 } - start, calls: stages.calls.load(ordering: .relaxed), speed: Stages.speed())
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }

    private func ingest(_ stages: Stages) async throws {
        let store = "\(order.folder)/documents.db"
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        var job = IngestJob(input: Self.corpus, store: store, rejectedPath: "\(order.folder)/rejected.jsonl")
        job.hook = { _ in stages }
        _ = try await job.run()
    }

    /// Three functions that every node's body goes through.
    private final class Stages: NodeHook {
        let calls = Atomic(0)
        private let costs: Costs

        init(_ costs: Costs) { self.costs = costs }

        func around(_ call: NodeCall, _ body: () async throws -> NodeOutput) async throws -> NodeOutput {
            calls.wrappingAdd(1, ordering: .relaxed)
            let sum = hotStage(costs.hot) ^ mediumStage(costs.medium) ^ coldStage(costs.cold)
            precondition(sum != 0)
            return try await body()
        }

        @inline(never) private func hotStage(_ rounds: Double) -> UInt64 { Self.work(rounds) }
        @inline(never) private func mediumStage(_ rounds: Double) -> UInt64 { Self.work(rounds) &+ 2 }
        @inline(never) private func coldStage(_ rounds: Double) -> UInt64 { Self.work(rounds) &+ 4 }

        @inline(__always) private static func work(_ rounds: Double) -> UInt64 {
            var state: UInt64 = 1
            for _ in 0..<Int(rounds) { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
            return state | 1
        }

        static func speed() -> Double {
            let stages = Stages(Costs())
            let start = ProcessUsage.own.seconds
            let rounds = 2e7
            precondition(stages.hotStage(rounds) != 0)
            return rounds / max(ProcessUsage.own.seconds - start, 1e-6)
        }
    }
}
