import Foundation
import HearthHTTP
import HearthProfile
import HearthStore

/// What a service pays that is always profiled: the ingestion in a loop at 100 Hz, windows of ten seconds with names, kept in a
/// store and pushed to a receiver, beside the same without a profiler, each in a process of its own.
///
/// Ten minutes, or so many seconds as `HEARTH_BENCH_SECONDS` says; without a profiler two minutes at most, which are enough for
/// memory and work to be what they stay.
struct AlwaysOnBench {
    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        if let job = environment["HEARTH_ALWAYS_ON_JOB"] { return try await AlwaysOnJob(job).run() }
        let seconds = environment["HEARTH_BENCH_SECONDS"].flatMap { Int($0) } ?? 600
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Takes everything, as Pyroscope does.
        let receiver = try await HTTPServer.start(
            .tcp(host: "127.0.0.1", port: 0), limits: HTTPServerLimits(bodySize: 16 << 20)
        ) { _ in HTTPResponse(fields: ["Content-Type": "application/proto"]) }
        let shorter = min(seconds, 120)
        print("# the ingestion in a loop, for \(shorter) s without and \(seconds) s with a profiler")
        let without = try Self.child(shorter, folder, "off", "")
        let with = try Self.child(seconds, folder, "on", "http://\(receiver.address)")
        let handled = receiver.statistics.handled
        await receiver.stop(within: .zero)

        let parts = ["handlers", "drain", "windows", "network"]
        for part in parts { printFigure("alwayson.cpu.\(part)", with["cpu.\(part)"] ?? 0, "%", digits: 4) }
        printFigure("alwayson.cpu", parts.reduce(0) { $0 + (with["cpu.\($1)"] ?? 0) }, "%", digits: 4)
        printFigure("alwayson.cpu.profiled", with["cpu.profiled"] ?? 0, "%", digits: 4)
        // At the end; the peak is that of the first window, while the symbol tables of the program are mapped.
        printFigure("alwayson.memory", (with["memory"] ?? 0) - (without["memory"] ?? 0), "MB", digits: 1)
        printFigure("alwayson.memory.peak", (with["peak"] ?? 0) - (without["peak"] ?? 0), "MB", digits: 1)
        for (name, figures) in [("on", with), ("off", without)] {
            printFigure("alwayson.growth.\(name)", figures["growth"] ?? 0, "MB", digits: 2)
            printFigure("alwayson.used.\(name)", figures["used"] ?? 0, "MB", digits: 2)
            printFigure("alwayson.used.growth.\(name)", figures["used.growth"] ?? 0, "MB", digits: 2)
            printFigure("alwayson.peak.\(name)", figures["peak"] ?? 0, "MB", digits: 1)
            printFigure("alwayson.documents.\(name)", figures["documents"] ?? 0, "documents a CPU second")
        }
        let work = (with["documents"] ?? 0) / (without["documents"] ?? 1)
        printFigure("alwayson.work", work, "ratio", digits: 4)
        printFigure("alwayson.windows.kept", with["kept"] ?? 0, "windows")
        printFigure("alwayson.windows.sent", with["sent"] ?? 0, "windows")
        printFigure("alwayson.windows.received", Double(handled), "requests")
        printFigure("alwayson.windows.lost", with["lost"] ?? 0, "windows")
        printFigure("alwayson.store.window", with["bytes"] ?? 0, "bytes a window")
    }

    private static func child(_ seconds: Int, _ folder: URL, _ name: String, _ push: String) throws -> [String: Double]
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        process.arguments = ["always-on"]
        let job = "\(seconds)\n\(folder.appendingPathComponent(name).path)\n\(push)"
        process.environment = ProcessInfo.processInfo.environment.merging(["HEARTH_ALWAYS_ON_JOB": job]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFailure(reason: "the job failed: \(text)") }
        var figures: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2 { figures[String(parts[0])] = Double(parts[1]) }
        }
        return figures
    }
}
