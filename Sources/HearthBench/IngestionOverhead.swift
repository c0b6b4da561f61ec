import Foundation

/// The main job with the agent on and off, as whole processes in turn: CPU time without ÷ with. A short run: what is done once
/// (tables at start; names, pictures and files at the end) is the larger part of the difference.
enum IngestionOverhead {
    private static let pairs = 5

    static func measure() {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("hearth-ingest").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            print("# hearth-ingest is not built: its run is not measured")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let corpus = folder.appendingPathComponent("corpus.jsonl").path
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            _ = try cpuSeconds(program, ["corpus", "-o", corpus, "--limit", "30000"], profiled: false)
            var ratios: [Double] = []
            for pair in 0..<pairs {
                func run(profiled: Bool) throws -> Double {
                    let store = folder.appendingPathComponent("store.db")
                    for suffix in ["", "-wal", "-shm"] {
                        try? FileManager.default.removeItem(atPath: store.path + suffix)
                    }
                    return try cpuSeconds(
                        program,
                        [
                            "run", "--input", corpus, "--store", store.path, "--profile",
                            folder.appendingPathComponent("p").path,
                        ],
                        profiled: profiled)
                }
                let first = try run(profiled: pair % 2 == 0)
                let second = try run(profiled: pair % 2 != 0)
                ratios.append(pair % 2 == 0 ? second / first : first / second)
            }
            print("# whole processes of some seconds: tables, names and the four files are in it, once a run")
            let ratio = ratios.medianWithInterval
            printFigure("agent.work.ingestion", ratio.median, "ratio", digits: 4)
            printFigure("agent.work.ingestion.low", ratio.low, "ratio", digits: 4)
            printFigure("agent.work.ingestion.high", ratio.high, "ratio", digits: 4)
        } catch {
            print("# the ingestion run is not measured: \(error)")
        }
    }

    private struct Failed: Error {}

    /// CPU time of a child and its threads.
    private static func cpuSeconds(_ program: String, _ arguments: [String], profiled: Bool) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["HEARTH_ENABLED": profiled ? "1" : "0"]) {
            $1
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let before = childSeconds()
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return childSeconds() - before
    }

    private static func childSeconds() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
