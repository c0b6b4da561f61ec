import Foundation
import HearthExport
import HearthHTTP
import HearthProfile
import HearthTestRuns
import Logging
import Synchronization
import Testing

/// A window of a service: ten seconds, two stacks, its number as an attribute.
func makeWindow(_ number: Int, process: [String: String] = ["service": "shop", "host": "h1"]) -> ProfileWindow {
    var profile = Profile(
        sampleTypes: [.samples, .cpu], defaultSampleType: 1, periodType: .cpu, period: 10_000_000,
        startTime: 1_700_000_000_000_000_000 + Int64(number) * 10_000_000_000, duration: 10_000_000_000,
        attributes: ["number": "\(number)"])
    let main = profile.intern(frameNamed: "main")
    let work = profile.intern(frameNamed: "work")
    let rest = profile.intern(frameNamed: "rest")
    let base = profile.stack(rootFirst: [main])
    let first = profile.push(work, on: base)
    let second = profile.push(rest, on: base)
    profile.add(Profile.Sample(stack: first), values: [3, 30_000_000])
    profile.add(Profile.Sample(stack: second), values: [1, 10_000_000])
    return ProfileWindow(profile: profile, sequence: UInt64(number), process: process)
}

/// Waits until something holds; a minute is how long a hang may be.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<12_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("it never came to hold")
}

extension ManualClock {
    /// Lets time pass until something holds.
    func advance(_ step: Duration = .seconds(1), until condition: () async throws -> Bool) async throws {
        try await eventually {
            if try await condition() { return true }
            if sleepers > 0 { advance(by: step) }
            return false
        }
    }
}

/// What was logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.lines.withLock { $0.append("\(event.message)") } }
    }
}

/// An exporter with a clock that stands, a spool, and a receiver's address.
struct Setup {
    let clock = ManualClock()
    let lines = LogLines()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Where a receiver may come and go.
    var address: HTTPAddress { .unix(path: folder.path("socket")) }
    var spool: String { folder.path("spool") }

    func exporter(
        _ url: HTTPURL? = nil, _ change: (inout PyroscopeSettings) -> Void = { _ in }
    ) -> PyroscopeExporter {
        var settings = PyroscopeSettings(url: url ?? HTTPURL(address: address))
        settings.spoolFolder = spool
        change(&settings)
        return PyroscopeExporter(settings, logger: lines.logger, clock: clock.clock, random: { 0.5 })
    }

    func receiver(_ answer: @escaping Receiver.Answer = { _ in Receiver.taken }) async throws -> Receiver {
        try await Receiver(address, clock: clock, answer: answer)
    }

    /// Names of the files in the first part of the spool, without its lock.
    var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: spool + "/0")) ?? []).filter { $0 != "lock" }.sorted()
    }
}

extension PyroscopeExporter {
    /// Ends at once.
    func end() async { await finish(by: .now) }
}
