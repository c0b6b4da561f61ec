import Foundation
import HearthProfile
import HearthStore
import HearthSyntheticService
import Synchronization

/// What keeping windows costs, and what asking for a day or a month of them takes: windows of 10 s with 1,000 samples each, of a
/// service whose stacks mostly come back.
struct StoreBench {
    private static let day = 8_640
    /// 30, unless `HEARTH_BENCH_DAYS` says less: to fill a store with a month takes some minutes.
    private static let days = ProcessInfo.processInfo.environment["HEARTH_BENCH_DAYS"].flatMap { Int($0) } ?? 30
    private static let month = days * day
    private static let rounds = 5

    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("hearth-bench-\(UUID().uuidString)")
    private let service = SyntheticService()
    private let process = StoredProcess(service: "bench", version: "1.4", pid: 1)

    func run() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try shapeOfWindows()
        try append()
        try queries()
    }

    private func shapeOfWindows() throws {
        let windows = (0..<20).map { service.window($0) }
        printFigure("store.window.rows", mean(windows) { $0.samples.count }, "rows")
        printFigure("store.window.stacks", mean(windows) { Set($0.samples.map(\.stack)).count }, "stacks")
        let frames = mean(windows) { window in
            window.samples.reduce(0) { $0 + Array(window.stacks.framesLeafFirst($1.stack)).count }
        }
        printFigure("store.window.depth", frames / mean(windows) { $0.samples.count }, "frames", digits: 1)
    }

    private func mean(_ windows: [Profile], _ value: (Profile) -> Int) -> Double {
        Double(windows.reduce(0) { $0 + value($1) }) / Double(windows.count)
    }

    // MARK: Writing

    /// CPU time of a window, with tables of its own as an agent has it, and what waiting for the disk adds.
    private func append() throws {
        let count = 360
        let windows = (0..<count).map { service.window($0) }
        let path = folder.appendingPathComponent("append").path
        for synchronizes in [false, true] {
            var limits = StoreLimits()
            limits.synchronizesWindows = synchronizes
            let writer = StoreWriter(folder: path, process: process, limits: limits)
            let before = residentBytes()
            var (cpu, wall) = ([Double](), [Double]())
            for window in windows {
                let (cpuStart, start) = (processNanoseconds(), DispatchTime.now().uptimeNanoseconds)
                try writer.append(window)
                cpu.append(Double(processNanoseconds() - cpuStart))
                wall.append(Double(DispatchTime.now().uptimeNanoseconds - start))
            }
            let name = synchronizes ? "store.append.durable" : "store.append"
            printFigure("\(name).cpu", cpu.medianWithInterval.median, "ns")
            printFigure("\(name).cpu.mean", cpu.reduce(0, +) / Double(count), "ns")
            printFigure("\(name).wall", wall.medianWithInterval.median, "ns")
            printFigure("\(name).wall.max", wall.max() ?? 0, "ns")
            let after = residentBytes()
            let start = processNanoseconds()
            writer.close()
            guard !synchronizes else { continue }
            printFigure("store.append.memory", Double(after - before) / 1e6, "MB", digits: 1)
            printFigure("store.close.cpu", Double(processNanoseconds() - start), "ns")
        }
        try FileManager.default.removeItem(atPath: path)
    }

    // MARK: Reading

    private func queries() throws {
        // A folder that is named is kept, and not filled again.
        let kept = ProcessInfo.processInfo.environment["HEARTH_BENCH_STORE"]
        let path = kept ?? folder.appendingPathComponent("month").path
        if !FileManager.default.fileExists(atPath: path) { try fill(path) }
        let store = ProfileStore(folder: path)
        let start = SyntheticService.firstStart
        let window = SyntheticService.windowDuration
        // Days that begin in the middle of a segment, and the last one, whose segment is not closed.
        let days = (0..<Self.rounds).map { round -> Range<Int64> in
            let first = start + Int64((Self.month - 2 * Self.day) * round / Self.rounds + 1_234) * window
            return first..<first + Int64(Self.day) * window
        }
        let lastDay = start + Int64(Self.month - Self.day) * window..<start + Int64(Self.month) * window
        let month = start..<start + Int64(Self.month) * window
        try measure("store.query.day", days.map { StoreQuery(range: $0) }, store)
        try measure("store.query.day.last", Array(repeating: StoreQuery(range: lastDay), count: Self.rounds), store)
        try measure(
            "store.query.day.label", days.map { StoreQuery(range: $0, labels: [("endpoint", "/v1/endpoint3")]) }, store)
        try measure("store.query.month", Array(repeating: StoreQuery(range: month), count: Self.rounds), store)
        try measure(
            "store.query.month.label",
            Array(repeating: StoreQuery(range: month, labels: [("node", "node3")]), count: Self.rounds), store)
        try measure(
            "store.query.month.version",
            Array(repeating: StoreQuery(range: month, labels: [("version", "1.5")]), count: Self.rounds), store)
        try time("store.list.month") { _ in
            let count = try store.windows().windows.count
            precondition(count == Self.month, "\(count) windows in place of \(Self.month)")
        }
        try time("store.buckets.day") { round in
            _ = try store.buckets(StoreQuery(range: days[round]), every: 600_000_000_000)
        }
        try time("store.windows.hour") { round in
            let hour = days[round].lowerBound..<days[round].lowerBound + 3_600_000_000_000
            var rows = 0
            try store.forEachWindow(StoreQuery(range: hour)) { rows += $1.samples.count }
            precondition(rows > 100_000)
        }
    }

    /// One service's month, with a new version in the middle of it, without waiting for the disk. The segments are closed but
    /// for the last one.
    private func fill(_ path: String) throws {
        let tables = service.sharedTables()
        let halves = [("1.4", 0..<Self.month / 2), ("1.5", Self.month / 2..<Self.month)]
        let bytes = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: halves.count) { index in
            let (version, numbers) = halves[index]
            var limits = StoreLimits(bytes: 8 << 30, age: .seconds(400 * 86_400))
            limits.synchronizesWindows = false
            let process = StoredProcess(service: "bench", version: version, pid: Int32(index + 1))
            let writer = StoreWriter(folder: path, process: process, limits: limits)
            for number in numbers {
                do {
                    try writer.append(service.window(number, in: tables))
                } catch {
                    preconditionFailure("\(error)")
                }
            }
            bytes.withLock { $0 += writer.statistics.bytes }
            // As of a process that goes on, so that the last segment stays open while it is read.
            if index == 1 { _ = unsafe Unmanaged.passRetained(writer) }
        }
        printFigure("store.bytes.window", Double(bytes.withLock { $0 }) / Double(Self.month), "bytes")
        let files = try FileManager.default.contentsOfDirectory(atPath: path)
        let size = try files.reduce(0) {
            try $0 + (FileManager.default.attributesOfItem(atPath: "\(path)/\($1)")[.size] as? Int ?? 0)
        }
        printFigure("store.bytes.day", Double(size) / Double(Self.days) / 1e6, "MB", digits: 1)
        printFigure("store.segments.month", Double(files.count), "segments")
    }

    private func measure(_ name: String, _ queries: [StoreQuery], _ store: ProfileStore) throws {
        var rows = 0
        try time(name) { round in
            let (profile, notes) = try store.profile(queries[round])
            precondition(notes.faultCount == 0, "\(notes.warnings)")
            rows = profile?.samples.count ?? 0
        }
        printFigure("\(name).rows", Double(rows), "rows")
    }

    private func time(_ name: String, _ body: (_ round: Int) throws -> Void) throws {
        var (seconds, cpuSeconds) = ([Double](), [Double]())
        for round in 0..<Self.rounds {
            let (start, cpuStart) = (DispatchTime.now().uptimeNanoseconds, processNanoseconds())
            try body(round)
            cpuSeconds.append(Double(processNanoseconds() - cpuStart) * 1e-9)
            seconds.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
        }
        printFigure(name, seconds.quantile(0.5), "s", digits: 3)
        printFigure("\(name).max", seconds.max() ?? 0, "s", digits: 3)
        // Beside it, for a machine on which other things run.
        printFigure("\(name).cpu", cpuSeconds.quantile(0.5), "s", digits: 3)
    }

    private func residentBytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4_096
    }
}
