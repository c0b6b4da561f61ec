import CMalloc
import Foundation
import Hearth
import HearthIngestion
import HearthProfile
import HearthRuntimeLabels
import HearthSampling
import HearthServer
import HearthStore
import Logging
import Synchronization

/// One side of ``AlwaysOnBench``: a service that ingests the sample corpus again and again, with a pause after each turn.
struct AlwaysOnJob {
    private let seconds: Int
    private let folder: String
    /// Empty for no profiler.
    private let push: String

    private static let corpus = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"
    private static let pause: Duration = .milliseconds(100)

    init(_ job: String) throws {
        let parts = job.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let seconds = Int(parts[0]) else { throw BenchFailure(reason: "not a job: \(job)") }
        (self.seconds, folder, push) = (seconds, parts[1], parts[2])
    }

    func run() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var configuration = Profiler.Configuration()
        configuration.isEnabled = !push.isEmpty
        configuration.store = "\(folder)/windows"
        configuration.logger.logLevel = .warning
        var serving = ServingConfiguration()
        serving.pyroscopeURL = push
        let profiler = Profiler.startServing(service: "always-on", configuration: configuration, serving: serving)
        await profiler.ready()
        let start = ContinuousClock.now
        var documents = 0
        // What the system gave, and what of it was used, after a fifth of the time, when caches are full.
        var early: (resident: Double, used: Double)?
        while ContinuousClock.now - start < .seconds(seconds) {
            documents += try await ingest()
            profiler.work.increment(by: 1_000)
            if early == nil, ContinuousClock.now - start > .seconds(max(seconds / 5, 1)) { early = Self.memory() }
            try await Task.sleep(for: Self.pause)
        }
        let late = Self.memory()
        let elapsed = Double((ContinuousClock.now - start).components.seconds)
        let used = ProcessUsage.own
        print("memory \(late.resident)")
        print("peak \(used.memory)")
        print("growth \(late.resident - (early ?? late).resident)")
        print("used \(late.used)")
        print("used.growth \(late.used - (early ?? late).used)")
        print("documents \(Double(documents) / used.seconds)")
        let network = Self.networkSeconds()
        await profiler.stop()
        let statistics = profiler.statistics
        let delivery = statistics.samples * SamplingStatistics.deliveryNanoseconds
        let parts: [(String, Double)] = [
            ("handlers", Double(statistics.handlerNanoseconds + delivery) * 1e-9),
            ("drain", Double(statistics.drainNanoseconds) * 1e-9),
            ("windows", Double(profiler.exportNanoseconds) * 1e-9), ("network", network),
        ]
        for (name, cpu) in parts { print("cpu.\(name) \(100 * cpu / elapsed)") }
        for (destination, counts) in profiler.exportCounts {
            if destination.hasPrefix("store") {
                print("kept \(counts["kept"] ?? 0)")
                print("bytes \(Double(counts["bytes"] ?? 0) / Double(max(counts["kept"] ?? 0, 1)))")
            } else {
                print("sent \(counts["sent"] ?? 0)")
            }
        }
        let lost = profiler.exportCounts.reduce(0) { $0 + ($1.counts["lost"] ?? 0) + ($1.counts["too_slow"] ?? 0) }
        print("lost \(lost)")
        if !push.isEmpty { print("cpu.profiled \(100 * (try Self.profiledSeconds("\(folder)/windows")) / elapsed)") }
    }

    private func ingest() async throws -> Int {
        let store = "\(folder)/documents.db"
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        var job = IngestJob(input: Self.corpus, store: store, rejectedPath: "\(folder)/rejected.jsonl")
        job.hook = { NodeLabels($0, run: "always-on") }
        return try await job.run().counts.stored
    }

    /// MB: what the system gave, and what was allocated and not freed.
    private static func memory() -> (resident: Double, used: Double) {
        let allocated = mallinfo2()
        return (Double(Memory.residentBytes()) / 1_048_576, Double(allocated.uordblks + allocated.hblkhd) / 1_048_576)
    }

    /// CPU time of the client's thread, by the kernel's account of threads.
    private static func networkSeconds() -> Double {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return tasks.reduce(0) { sum, task in
            let name = (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) ?? ""
            guard name.hasPrefix("NIO-"),
                let text = try? String(contentsOfFile: "/proc/self/task/\(task)/schedstat", encoding: .utf8),
                let nanoseconds = text.split(separator: " ").first.flatMap({ Double($0) })
            else { return sum }
            return sum + nanoseconds * 1e-9
        }
    }

    /// CPU time that the profiler saw in itself: windows and network, and not its own thread, which is not sampled.
    private static func profiledSeconds(_ folder: String) throws -> Double {
        guard let profile = try ProfileStore(folder: folder).profile().profile else { return 0 }
        let own = ["HearthExport", "HearthHTTP", "HearthStore", "HearthSymbols", "Hearth", "HearthServer", "NIOPosix"]
        let isOwn = profile.frames.map { frame in own.contains { profile.strings[frame.fullName].contains("\($0).") } }
        var isOwnStack = [false]
        for index in 1..<max(profile.stacks.count, 1) {
            let frame = profile.stacks.frames[index]
            isOwnStack.append(isOwnStack[Int(profile.stacks.parents[index].rawValue)] || isOwn[Int(frame.rawValue)])
        }
        guard let column = profile.column(ofType: "cpu") else { return 0 }
        let nanoseconds = profile.samples.indices.reduce(Int64(0)) { sum, row in
            isOwnStack[Int(profile.samples[row].stack.rawValue)] ? sum + profile.value(row: row, column: column) : sum
        }
        return Double(nanoseconds) * 1e-9
    }
}
