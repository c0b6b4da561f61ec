import Foundation
import HearthTestRuns
import Testing

/// A run takes no more memory for a long input than for a short one: the most that the process had, as the kernel keeps it.
@Suite(.serialized) struct BoundedMemoryTests {
    /// Of the long input; `HEARTH_INGEST_DOCUMENTS=509328` for half a million.
    private static let named = ProcessInfo.processInfo.environment["HEARTH_INGEST_DOCUMENTS"].flatMap { Int($0) }
    private static let documents = max(named ?? 25_000, 25_000)
    /// MB that the fivefold input may take more. The store's cache, which is not full after the short one, has 32.
    private static let mostGrowth = 64
    /// Of a document, most of it in a field that no pipeline takes: 200 MB more come in, of which the growth is a third at the most.
    private static let documentSize = 10_000

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aLongInputTakesNoMoreThanAShortOne() throws {
        let short = try peak(Self.documents / 5)
        let long = try peak(Self.documents)
        if Self.named != nil { print("\(Self.documents / 5) documents: \(short) MB, \(Self.documents): \(long) MB") }
        #expect(long > 0 && long - short < Self.mostGrowth, "\(short) MB, then \(long)")
    }

    /// MB. The documents come through a pipe, so that no file is as large as they are.
    private func peak(_ count: Int) throws -> Int {
        let store = "\(count).db"
        var command = Command(
            Checkout.product("hearth-ingest"), "run", "--input", "-", "--store", folder.path(store), "--memo", "off")
        let pipe = Pipe()
        command.input = pipe.fileHandleForReading
        let running = try command.start()
        try pipe.fileHandleForReading.close()
        var peak = 0
        let rest = String(repeating: "x", count: Self.documentSize)
        for first in stride(from: 0, to: count, by: 20) {
            let lines = (first..<min(first + 20, count)).map { number in
                """
                {"id":"\(number)","name":"package-\(number * 7919 % 1_000_003)","version":"1.\(number % 30)",\
                "section":"section-\(number % 40)","description":{"short":"what number \(number) does"},\
                "size":{"installed_kib":\(number % 9_000)},"files":"\(rest)"}

                """
            }
            try pipe.fileHandleForWriting.write(contentsOf: Data(lines.joined().utf8))
            peak = max(peak, mostMemory(running.process.processIdentifier))
        }
        try pipe.fileHandleForWriting.close()
        while running.process.isRunning {
            peak = max(peak, mostMemory(running.process.processIdentifier))
            usleep(5_000)
        }
        let outcome = running.wait()
        #expect(outcome.output.hasPrefix("read "), "\(outcome.errors)")
        let counts = outcome.output.replacing(",", with: "")
        #expect(counts.hasPrefix("read \(count) stored \(count) unchanged 0 rejected 0"), "\(outcome.output)")
        try FileManager.default.removeItem(atPath: folder.path(store))
        return peak
    }

    /// MB; 0 of a process that has ended.
    private func mostMemory(_ process: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) / 1_024
    }
}
