internal import Foundation
internal import HearthSampling

/// The same run seen by another profiler.
extension Truth {
    /// Distance of the distribution over functions from that of `perf record -e cpu-clock` of the same run, beside what chance
    /// allows two samples of one distribution. Nil, with the reason on standard error, where perf is not to be had.
    package static func distanceToPerf(seconds: Double, hertz: Int) async throws -> Truth? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hearth-perf-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.appendingPathComponent("perf.data").path
        let recorder = Process()
        recorder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        recorder.arguments = [
            "perf", "record", "-q", "-e", "cpu-clock", "-F", "\(hertz)", "-g", "-p", "\(getpid())", "-o", data,
        ]
        recorder.standardOutput = FileHandle.nullDevice
        recorder.standardError = FileHandle.nullDevice
        var stacks: SampledStacks?
        do {
            try runUnblocked(recorder)
            // Until it has attached itself.
            try await Task.sleep(for: .seconds(1))
            guard recorder.isRunning else { return refused("perf record ended with \(recorder.terminationStatus)") }
            stacks = try await record(.init(hertz: hertz)) { labels in
                try await onThreads(labels, [{ _ = SharedWork.run(seconds: seconds) }])
            }.stacks
            kill(recorder.processIdentifier, SIGINT)
            for _ in 0..<100 where recorder.isRunning { try await Task.sleep(for: .milliseconds(100)) }
            guard !recorder.isRunning else {
                kill(recorder.processIdentifier, SIGKILL)
                return refused("perf record does not end")
            }
        } catch let error as CocoaError {
            return refused("perf cannot be run: \(error)")
        }
        guard let stacks else { return nil }
        let ours = SharedWork.names.map { Double(stacks.samples(through: $0)) }
        let theirs = try perfCounts(data)
        guard theirs.reduce(0, +) > 100 else { return refused("perf saw \(theirs.reduce(0, +)) samples of the work") }
        let distance = Chance.variation(ours, theirs)
        let bound = Chance.variationBound(ours, theirs, probability: 0.999)
        var truth = Truth()
        truth.add("tvd.perf", distance, "", digits: 4)
        truth.add("tvd.perf.bound", bound, "", digits: 4)
        truth.add("tvd.perf.samples", ours.reduce(0, +), "samples")
        truth.add("tvd.perf.samples.perf", theirs.reduce(0, +), "samples")
        truth.require(distance <= bound, "\(ours) here, \(theirs) in perf")
        return truth
    }

    /// A pool thread blocks SIGINT, and a program started from it would too.
    private static func runUnblocked(_ process: Process) throws {
        var (none, previous) = (sigset_t(), sigset_t())
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }
        try process.run()
    }

    private static func refused(_ reason: String) -> Truth? {
        FileHandle.standardError.write(Data("no comparison with perf: \(reason)\n".utf8))
        return nil
    }

    /// Samples of the work by function, from the text of `perf script`: events are separated by empty lines.
    private static func perfCounts(_ data: String) throws -> [Double] {
        let script = Process()
        script.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        script.arguments = ["perf", "script", "-i", data, "-F", "tid,ip,sym"]
        let pipe = Pipe()
        script.standardOutput = pipe
        script.standardError = FileHandle.nullDevice
        try runUnblocked(script)
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        script.waitUntilExit()
        var counts = Array(repeating: 0.0, count: SharedWork.names.count)
        var event = ""
        for line in text.components(separatedBy: "\n") {
            guard line.isEmpty else {
                event += line
                continue
            }
            if let index = SharedWork.names.firstIndex(where: { event.contains($0) }) { counts[index] += 1 }
            event = ""
        }
        return counts
    }
}
