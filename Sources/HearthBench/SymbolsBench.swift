import Foundation
import HearthDebugInfo
import HearthFiles
import HearthObjectFiles
import HearthProfile
import HearthRandom
import HearthSymbols

/// Names and lines of 100,000 addresses of a Swift program with Foundation, beside llvm-symbolizer on the same addresses.
///
/// Each side runs in processes of its own; CPU seconds are compared. llvm-symbolizer's warm time is what it takes longer
/// with every address asked for twice. It leaves Swift names mangled: for the same names as ours its output would go through
/// swift-demangle. The ratios called `demangled` are beside both, the others beside llvm-symbolizer alone.
/// `plain` is without inlined functions: ours has names only then, as in the agent.
struct SymbolsBench {
    private static let addressCount = 100_000
    private static let runs = 5

    func run() async throws {
        if let job = ProcessInfo.processInfo.environment["HEARTH_SYMBOLS_JOB"] {
            return try SymbolsJob(job).run()
        }
        let images = try Self.images()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let places = Self.places(in: images)
        let once = folder.appendingPathComponent("once")
        let twice = folder.appendingPathComponent("twice")
        let lines = places.map { "\($0.path) 0x\(String($0.address, radix: 16))\n" }.joined()
        try Data(lines.utf8).write(to: once)
        try Data((lines + lines).utf8).write(to: twice)
        print("# \(places.count) addresses of \(images.map(\.name).joined(separator: ", "))")

        guard let llvm = Self.llvmSymbolizer() else { throw BenchFailure(reason: "llvm-symbolizer is not on the PATH") }
        for inlines in [true, false] {
            var ratios: [String: [Double]] = [:]
            var seconds: [String: [Double]] = [:]
            var memory: (theirs: Double, ours: Double) = (0, 0)
            for run in 0..<Self.runs {
                let output = folder.appendingPathComponent("llvm").path
                let theirs = try llvm.run(once.path, inlines: inlines, to: output)
                let theirsTwice = try llvm.run(twice.path, inlines: inlines, to: "/dev/null")
                let demangling = try llvm.demangle(output, to: "/dev/null").seconds
                memory.theirs = max(memory.theirs, theirs.memory)
                let ours = try SymbolsJob.start(places: once.path, folder: folder, inlines: inlines)
                memory.ours = max(memory.ours, ours["memory"] ?? 0)
                let warm = theirsTwice.seconds - theirs.seconds
                seconds["llvm.cold", default: []].append(theirs.seconds)
                seconds["llvm.warm", default: []].append(warm)
                seconds["llvm.demangling", default: []].append(demangling)
                for (key, other) in [("cold", theirs.seconds), ("warm", warm), ("stored", theirs.seconds)] {
                    guard let own = ours[key] else { continue }
                    seconds["hearth.\(key)", default: []].append(own)
                    ratios[key, default: []].append(other / own)
                    ratios["\(key).demangled", default: []].append((other + demangling) / own)
                }
                if run == 0, inlines { try compare(output, folder.appendingPathComponent("hearth").path) }
            }
            let form = inlines ? "" : ".plain"
            for (key, values) in seconds.sorted(by: { $0.key < $1.key }) {
                printFigure("symbols.\(key)\(form).cpu", values.medianWithInterval.median, "s", digits: 3)
            }
            for (key, values) in ratios.sorted(by: { $0.key < $1.key }) {
                let ratio = values.medianWithInterval
                printFigure("symbols.\(key)\(form).ratio", ratio.median, "ratio", digits: 2)
                printFigure("symbols.\(key)\(form).ratio.low", ratio.low, "ratio", digits: 2)
                printFigure("symbols.\(key)\(form).ratio.high", ratio.high, "ratio", digits: 2)
            }
            printFigure("symbols.hearth\(form).memory", memory.ours, "MB", digits: 1)
            printFigure("symbols.llvm\(form).memory", memory.theirs, "MB", digits: 1)
        }
    }

    // MARK: What is asked for

    struct Place {
        var path: String
        var address: UInt64
    }

    /// The ingestion program, and the libraries in which it spends its time.
    private static func images() throws -> [Image] {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("hearth-ingest").path
        let wanted = ["libFoundation.so", "libFoundationEssentials.so", "libswiftCore.so", "libc.so.6"]
        let maps = String(decoding: try readFile("/proc/self/maps"), as: UTF8.self)
        let paths = Set(maps.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) })
        return try ([program] + wanted.compactMap { name in paths.first { $0.hasSuffix("/\(name)") } }).map(
            SymbolsJob.image)
    }

    /// Three fifths in the program, the rest in equal parts in the libraries; in no order.
    private static func places(in images: [Image]) -> [Place] {
        var random = SeededGenerator(seed: 7)
        var places: [Place] = []
        for (index, image) in images.enumerated() {
            let share = index == 0 ? addressCount * 3 / 5 : addressCount * 2 / 5 / (images.count - 1)
            guard let text = MappedFile(path: image.path)?.withBytes({ try? ELFFile($0).section(named: ".text") })
            else {
                continue
            }
            var chosen: Set<UInt64> = []
            while chosen.count < share { chosen.insert(text.address + random.next() % text.size) }
            places += chosen.sorted().map { Place(path: image.path, address: $0) }
        }
        return places.shuffled(using: &random)
    }

    // MARK: The same answers

    private func compare(_ theirs: String, _ ours: String) throws {
        let theirs = try SymbolsAnswer.read(theirs)
        let ours = try SymbolsAnswer.read(ours)
        guard theirs.count == ours.count else {
            throw BenchFailure(reason: "\(ours.count) answers, llvm-symbolizer has \(theirs.count)")
        }
        var names = 0
        var lines = 0
        var different: [String] = []
        for (own, other) in zip(ours, theirs) {
            if own.names == other.names { names += 1 }
            if own.lines == other.lines { lines += 1 }
            if own.names != other.names || own.lines != other.lines, different.count < 8 {
                different.append("# differs: \(own.names) \(own.lines)\n#     llvm: \(other.names) \(other.lines)")
            }
        }
        for text in different { print(text) }
        printFigure("symbols.same.names", 100 * Double(names) / Double(ours.count), "%", digits: 3)
        printFigure("symbols.same.lines", 100 * Double(lines) / Double(ours.count), "%", digits: 3)
    }

    private static func llvmSymbolizer() -> LLVMSymbolizer? {
        // The toolchain's own goes before a distribution's.
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let swift = folders.map { "\($0)/swift" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        let beside = swift.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path }
        return ([beside].compactMap { $0 } + folders).map { "\($0)/llvm-symbolizer" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }.map { LLVMSymbolizer(path: $0) }
    }
}

/// What was said of one address, innermost function first.
struct SymbolsAnswer {
    var names: [String] = []
    var lines: [String] = []

    /// llvm-symbolizer's text: a name, then `file:line:column`, for each function; a blank line behind each address.
    static func read(_ path: String) throws -> [SymbolsAnswer] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var answers: [SymbolsAnswer] = []
        var current = SymbolsAnswer()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !current.names.isEmpty { answers.append(current) }
                current = SymbolsAnswer()
            } else if current.names.count == current.lines.count {
                // Theirs are as the linker has them, ours are demangled.
                current.names.append(line == "??" ? "" : SymbolName(mangled: String(line)).full)
            } else {
                let parts = line.split(separator: ":", omittingEmptySubsequences: false)
                // Line 0 is no line; llvm-symbolizer then names the first source file of the whole image.
                let isKnown = parts.count > 2 && parts[1] != "0" && !parts[0].hasSuffix("<compiler-generated>")
                current.lines.append(isKnown ? "\(parts[0]):\(parts[1])" : "")
            }
        }
        return answers
    }
}

struct LLVMSymbolizer {
    var path: String

    /// A run over lines of `path address`.
    func run(_ places: String, inlines: Bool, to output: String) throws -> ProcessUsage {
        let options = [inlines ? "--inlines" : "--no-inlines", "--functions=linkage", "--no-demangle"]
        return try Self.run(path, options, input: places, output: output)
    }

    /// What it takes to have its answers as people read them.
    func demangle(_ answers: String, to output: String) throws -> ProcessUsage {
        let tool = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("swift-demangle").path
        return try Self.run(tool, [], input: answers, output: output)
    }

    private static func run(
        _ path: String, _ arguments: [String], input: String, output: String
    ) throws -> ProcessUsage {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: input))
        if output != "/dev/null" { _ = FileManager.default.createFile(atPath: output, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        let before = ProcessUsage.childrenSeconds
        try process.run()
        var memory = 0.0
        // What the kernel says of a child that has ended counts the parent's memory too, from before it became a program.
        while process.isRunning {
            memory = max(memory, ProcessUsage.peakMemory(process.processIdentifier) ?? 0)
            usleep(2_000)
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFailure(reason: "\(path) failed") }
        return ProcessUsage(seconds: ProcessUsage.childrenSeconds - before, memory: memory)
    }
}

/// CPU seconds, and the most memory at once in MB.
struct ProcessUsage {
    var seconds: Double
    var memory: Double

    static var own: ProcessUsage {
        ProcessUsage(seconds: seconds(RUSAGE_SELF.rawValue), memory: peakMemory(getpid()) ?? 0)
    }

    static var childrenSeconds: Double { seconds(Int(RUSAGE_CHILDREN.rawValue)) }

    /// Of a process that runs. Nil once it has ended.
    static func peakMemory(_ process: pid_t) -> Double? {
        guard let bytes = try? readFile("/proc/\(process)/status") else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }.map { $0 / 1024 }
    }

    private static func seconds(_ who: some BinaryInteger) -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(Int32(who)), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
