import Foundation
import HearthRuntime

/// What a run of a program took, as the kernel accounts it.
struct MeasuredProgram {
    /// Seconds, of all its threads.
    var cpu: Double
    var wall: Double
    /// Bytes, at the most. Not less than what the bench itself had when it started the program.
    var memory: Int
    /// What it ended with.
    var status: Int32

    /// The run with the least CPU time: what else runs on the machine only adds to it.
    ///
    /// - Parameter name: a program beside this one.
    static func best(of count: Int, _ name: String, _ arguments: [String]) throws -> MeasuredProgram {
        let program = try path(of: name)
        let runs = try (0..<count).map { _ in try run(program, arguments) }
        return runs.min { $0.cpu < $1.cpu } ?? runs[0]
    }

    /// Of a program that is built beside this one.
    static func path(of name: String) throws -> String {
        let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let path = own.deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchFailure(reason: "\(name) is not built beside the bench")
        }
        return path
    }

    /// Not by Foundation's `Process`, which waits for the program itself: what that one took goes into the sum of all.
    ///
    /// Throws where the program ends with another status than these.
    static func run(
        _ program: String, _ arguments: [String], allowing statuses: Set<Int32> = [0]
    ) throws -> MeasuredProgram {
        var files = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&files)
        defer { unsafe posix_spawn_file_actions_destroy(&files) }
        for descriptor in Int32(0)...2 {
            unsafe posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var id: pid_t = 0
        let start = ContinuousClock.now
        guard unsafe posix_spawn(&id, program, &files, nil, &words, environ) == 0 else {
            throw BenchFailure(reason: "\(program) cannot be started")
        }
        var (status, usage) = (Int32(0), rusage())
        while unsafe wait4(id, &status, 0, &usage) < 0 {
            guard errno == EINTR else { throw BenchFailure(reason: "\(program) was not waited for") }
        }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        // The exit code is in the second byte, the signal that ended it in the first.
        let ending = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        guard statuses.contains(ending) else {
            throw BenchFailure(reason: "\(program) \(arguments.joined(separator: " ")) ended with \(ending)")
        }
        return MeasuredProgram(
            cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), wall: (ContinuousClock.now - start).seconds,
            memory: usage.ru_maxrss * 1_024, status: ending)
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
