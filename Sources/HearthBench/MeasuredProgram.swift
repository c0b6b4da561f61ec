import Foundation

/// What a run of a program took, as the kernel accounts it.
struct MeasuredProgram {
    /// Seconds, of all its threads.
    var cpu: Double
    var wall: Double
    /// Bytes, at the most, of this run or one before it: benches go from the small to the large.
    var memory: Int

    /// The run with the least CPU time: what else runs on the machine only adds to it.
    ///
    /// - Parameter name: a program beside this one.
    static func best(of count: Int, _ name: String, _ arguments: [String]) throws -> MeasuredProgram {
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appendingPathComponent(name)
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw BenchFailure(reason: "\(name) is not built beside the bench")
        }
        let runs = try (0..<count).map { _ in try run(program, arguments) }
        return runs.min { $0.cpu < $1.cpu } ?? runs[0]
    }

    private static func run(_ program: URL, _ arguments: [String]) throws -> MeasuredProgram {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let before = children()
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let wall = ContinuousClock.now - start
        let after = children()
        guard process.terminationStatus == 0 else {
            throw BenchFailure(reason: "\(program.lastPathComponent) \(arguments.joined(separator: " ")) failed")
        }
        return MeasuredProgram(
            cpu: after.cpu - before.cpu,
            wall: Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18, memory: after.memory)
    }

    private static func children() -> (cpu: Double, memory: Int) {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return (seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss * 1_024)
    }

    func print(_ key: String, bytes: Int, output: String) throws {
        let size = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int ?? 0
        printFigure("\(key).cpu", cpu, "s", digits: 3)
        printFigure("\(key).wall", wall, "s", digits: 3)
        printFigure("\(key).rate", Double(bytes) / 1e6 / wall, "MB/s")
        printFigure("\(key).memory", Double(memory) / 1e6, "MB", digits: 1)
        printFigure("\(key).output", Double(size) / 1e3, "kB")
    }
}
