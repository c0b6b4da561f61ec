import Foundation
import HearthDebugInfo
import HearthFiles
import HearthObjectFiles
import HearthProfile
import HearthSymbols

/// Our side of ``SymbolsBench``, in a process of its own.
struct SymbolsJob {
    private let places: String
    private let output: String
    private let cacheFolder: String
    private let inlines: Bool

    /// CPU seconds by phase, and `memory` in MB.
    static func start(places: String, folder: URL, inlines: Bool) throws -> [String: Double] {
        let cache = folder.appendingPathComponent("cache-\(UUID().uuidString)").path
        var figures = try child([places, folder.appendingPathComponent("hearth").path, cache, inlines ? "1" : "0"])
        // Once more, with what the first process has stored.
        let stored = try child([places, "/dev/null", cache, inlines ? "1" : "0"])
        figures["stored"] = stored["cold"]
        return figures
    }

    private static func child(_ job: [String]) throws -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        process.arguments = ["symbols"]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "HEARTH_SYMBOLS_JOB": job.joined(separator: "\n")
        ]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchFailure(reason: "the symbols job failed: \(text)") }
        var figures: [String: Double] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            if parts.count == 2 { figures[String(parts[0])] = Double(parts[1]) }
        }
        return figures
    }

    init(_ job: String) throws {
        let parts = job.split(separator: "\n").map(String.init)
        guard parts.count == 4 else { throw BenchFailure(reason: "not a job: \(job)") }
        (places, output, cacheFolder, inlines) = (parts[0], parts[1], parts[2], parts[3] == "1")
    }

    func run() throws {
        let lines = try String(contentsOfFile: places, encoding: .utf8).split(separator: "\n")
        var profile = Profile(sampleTypes: [.samples])
        var images: [Substring: ImageID] = [:]
        for line in lines {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let address = UInt64(parts[1].dropFirst(2), radix: 16) else { continue }
            if images[parts[0]] == nil { images[parts[0]] = profile.intern(try Self.image(String(parts[0]))) }
            guard let image = images[parts[0]] else { continue }
            let frame = profile.intern(Frame(name: .empty, image: image, address: address))
            profile.add(Profile.Sample(stack: profile.push(frame, on: .empty)), values: [1])
        }
        var sources = Symbolizer.Sources(cacheLimit: 1 << 30)
        sources.cacheFolder = cacheFolder
        if inlines { sources.reader = DWARFReader() }
        let symbolizer = Symbolizer(sources)
        var problems: [SymbolProblem] = []
        var named = profile
        for phase in ["cold", "warm"] {
            let start = ProcessUsage.own.seconds
            named = symbolizer.symbolize(profile, scope: .unnamed, problems: &problems)
            print("\(phase) \(ProcessUsage.own.seconds - start)")
            if phase == "cold" { print("memory \(ProcessUsage.own.memory)") }
        }
        if output != "/dev/null" { try write(named) }
    }

    static func image(_ path: String) throws -> Image {
        guard let file = MappedFile(path: path) else { throw BenchFailure(reason: "\(path) is not there") }
        return Image(path: path, buildID: file.withBytes { bytes in (try? ELFFile(bytes).buildID(in: bytes)) ?? "" })
    }

    /// In llvm-symbolizer's form: rows stand in the order of the addresses, each with the stack of one address.
    private func write(_ profile: Profile) throws {
        var text = ""
        for sample in profile.samples {
            for frame in profile.stacks.framesLeafFirst(sample.stack).map(profile.frame) {
                text += profile.strings[frame.fullName].isEmpty ? "??\n" : profile.strings[frame.fullName] + "\n"
                text += frame.file == .empty ? "??:0:0\n" : "\(profile.strings[frame.file]):\(frame.line):0\n"
            }
            text += "\n"
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: output))
    }
}
