import HearthRuntime
import Logging
import Synchronization
import Testing

@testable import HearthIngestion

@Suite struct DocumentLogTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func lines(_ form: DocumentLog.Form, level: Logger.Level) async throws -> [String] {
        let kept = KeptLines()
        let input = [
            document("a", rest: #","maintainer":{"name":"Ann","email":"ann@example.org"}"#), "{", document("b"),
        ]
        var job = IngestJob(
            input: try folder.write(Array(input.joined(separator: "\n").utf8), to: "input.jsonl"),
            store: folder.file("\(form)-\(level).db"), rejectedPath: folder.file("rejected.jsonl"))
        job.rejectionLimit = .share(1)
        job.pipeline.log = DocumentLog(form, level: level, handler: kept)
        _ = try await job.run()
        return kept.lines.withLock { $0 }
    }

    @Test func bothFormsWriteTheSameLines() async throws {
        let lazy = try await lines(.lazy, level: .debug)
        #expect(lazy.count == 3)
        #expect(lazy[0].hasPrefix("debug document stored document=a ") && lazy[0].contains("vector="))
        #expect(lazy[0].contains("[email]") && !lazy[0].contains("ann@example.org"))
        #expect(lazy[2].hasPrefix("info document set aside line=2 node=parse reason="))
        #expect(try await lines(.eager, level: .debug) == lazy)
        #expect(try await lines(.lazy, level: .info) == Array(lazy.suffix(1)))
        #expect(try await lines(.eager, level: .info) == Array(lazy.suffix(1)))
        #expect(try await lines(.eager, level: .warning).isEmpty)
    }
}

/// Keeps what is written, metadata by key.
private final class KeptLines: LogHandler, Sendable {
    let lines = Mutex<[String]>([])
    private let state = Mutex((level: Logger.Level.trace, metadata: Logger.Metadata()))

    var logLevel: Logger.Level {
        get { state.withLock { $0.level } }
        set { state.withLock { $0.level = newValue } }
    }
    var metadata: Logger.Metadata {
        get { state.withLock { $0.metadata } }
        set { state.withLock { $0.metadata = newValue } }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { state.withLock { $0.metadata[key] = newValue } }
    }

    func log(event: LogEvent) {
        let words = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let line = (["\(event.level)", "\(event.message)"] + words).joined(separator: " ")
        lines.withLock { $0.append(line) }
    }
}
