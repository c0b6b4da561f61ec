import Foundation
import HearthFormats
import HearthProfile

/// How often the gate alarms for nothing, and how often it finds growth inside one function, in real runs of the ingestion: each a
/// process of its own, both sides in turn on this machine.
///
/// `HEARTH_BENCH_TRIALS` pairs of ten and ten runs of the same program, 200 where nothing is said, no run in two pairs; and
/// `HEARTH_BENCH_SLOWDOWNS` of each slow-down, a tenth as many, which share their base runs. An hour and more.
struct GatePipelineBench {
    private static let runCount = 10
    /// Of all CPU time, before anything is slower.
    private static let shares = (hot: 0.10, medium: 0.01, cold: 0.001)
    private static let jobVariable = "HEARTH_GATE_JOB"

    private let trials: Int
    private let slowDowns: Int
    private let turns = 3
    private let hertz = 4_000

    init() {
        let environment = ProcessInfo.processInfo.environment
        trials = environment["HEARTH_BENCH_TRIALS"].flatMap { Int($0) } ?? 200
        slowDowns = environment["HEARTH_BENCH_SLOWDOWNS"].flatMap { Int($0) } ?? trials / 10
    }

    func run() async throws {
        if let text = ProcessInfo.processInfo.environment[Self.jobVariable] {
            let order = try JSONDecoder().decode(GatePipelineJob.Order.self, from: Data(text.utf8))
            return try await GatePipelineJob(order: order).run()
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let runner = try Runner(bench: self, folder: folder.path)
        print("# runs of \(String(format: "%.2f", runner.cpu)) s of CPU time at \(hertz) Hz, \(Self.runCount) a side")
        print("# intervals hold the true share in 95 of 100 cases")
        if trials > 0 { try falseAlarms(runner) }
        if slowDowns > 0 { try found(runner) }
    }

    private func falseAlarms(_ runner: Runner) throws {
        var alarms = 0
        var undecided = 0
        for trial in 1...trials {
            var sides: [[Profile]] = [[], []]
            for turn in 0..<Self.runCount {
                for side in turn % 2 == 0 ? [0, 1] : [1, 0] { sides[side].append(try runner.run()) }
            }
            switch try ProfileGate(base: sides[0], new: sides[1]).verdict {
            case .regressed: alarms += 1
            case .undecided: undecided += 1
            case .passed: break
            }
            Self.say("\(trial) of \(trials) pairs of the same program: \(alarms) alarms")
        }
        Self.share(alarms, of: trials, "gate.pipeline.false")
        Self.share(undecided, of: trials, "gate.pipeline.undecided")
    }

    private struct SlowDown {
        var name: String
        var function: String
        var extra: GatePipelineJob.Costs
        var failed = 0
        var named = 0
    }

    private func found(_ runner: Runner) throws {
        var slower: [SlowDown] = []
        for (size, growth) in [("1pct", 0.01), ("2pct", 0.02), ("5pct", 0.05)] {
            slower.append(SlowDown(name: "\(size).hot", function: "hotStage", extra: .init(hot: growth)))
            slower.append(SlowDown(name: "\(size).medium", function: "mediumStage", extra: .init(medium: growth)))
            slower.append(SlowDown(name: "\(size).cold", function: "coldStage", extra: .init(cold: growth)))
        }
        for trial in 1...slowDowns {
            var base: [Profile] = []
            var new = Array(repeating: [Profile](), count: slower.count)
            for turn in 0..<Self.runCount {
                // There and back again, so that a drift of the machine is nobody's.
                let order = Array(-1..<slower.count)
                for side in turn % 2 == 0 ? order : order.reversed() {
                    if side < 0 {
                        base.append(try runner.run())
                    } else {
                        new[side].append(try runner.run(extra: slower[side].extra))
                    }
                }
            }
            for index in slower.indices {
                let gate = try ProfileGate(base: base, new: new[index])
                if gate.verdict == .regressed { slower[index].failed += 1 }
                if gate.findings.contains(where: { $0.function.contains(slower[index].function) }) {
                    slower[index].named += 1
                }
            }
            let sum = slower.reduce(0) { $0 + $1.failed }
            Self.say("\(trial) of \(slowDowns) times nine slow-downs: \(sum) found")
        }
        for slowDown in slower {
            Self.share(slowDown.failed, of: slowDowns, "gate.pipeline.found.\(slowDown.name)")
            Self.share(slowDown.named, of: slowDowns, "gate.pipeline.named.\(slowDown.name)")
        }
    }

    private static func say(_ text: String) { FileHandle.standardError.write(Data("# \(text)\n".utf8)) }

    private static func share(_ count: Int, of trials: Int, _ key: String) {
        let interval = ClopperPearson.interval(count, of: trials)
        printFigure(key, Double(count) / Double(trials) * 100, "%", digits: 1)
        printFigure("\(key).low", interval.lowerBound * 100, "%", digits: 1)
        printFigure("\(key).high", interval.upperBound * 100, "%", digits: 1)
    }

    /// Makes runs, with costs that are shares of what a run takes.
    private struct Runner {
        /// Seconds a run, before the stages cost anything.
        let cpu: Double
        private let folder: String
        private let bench: GatePipelineBench
        /// Rounds a call that take all of a run's time.
        private let whole: Double

        init(bench: GatePipelineBench, folder: String) throws {
            self.bench = bench
            self.folder = folder
            let reports = try (0..<5).map { _ in try Self.report(.init(), bench, folder) }
            cpu = reports.map(\.cpu).sorted()[2]
            let speed = reports.map(\.speed).sorted()[2]
            whole = cpu * speed / Double(reports[0].calls)
        }

        /// - Parameter extra: beyond what the stages cost in every run, as shares of a run.
        func run(extra: GatePipelineJob.Costs = .init()) throws -> Profile {
            let shares = GatePipelineBench.shares
            let costs = GatePipelineJob.Costs(
                hot: (shares.hot + extra.hot) * whole, medium: (shares.medium + extra.medium) * whole,
                cold: (shares.cold + extra.cold) * whole)
            _ = try Self.report(costs, bench, folder)
            return try Profile(contentsOf: "\(folder)/profile.folded")
        }

        private static func report(
            _ costs: GatePipelineJob.Costs, _ bench: GatePipelineBench, _ folder: String
        ) throws -> GatePipelineJob.Report {
            let order = GatePipelineJob.Order(turns: bench.turns, hertz: bench.hertz, costs: costs, folder: folder)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            process.arguments = ["gate-pipeline"]
            let job = String(decoding: try JSONEncoder().encode(order), as: UTF8.self)
            process.environment = ProcessInfo.processInfo.environment.merging([jobVariable: job]) { $1 }
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let text = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw BenchFailure(reason: "a run failed") }
            return try JSONDecoder().decode(GatePipelineJob.Report.self, from: text)
        }
    }
}
