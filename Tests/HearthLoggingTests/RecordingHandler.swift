import Logging
import Synchronization

/// Keeps what it is given, described as a handler that writes it would, or not at all.
struct RecordingHandler: LogHandler {
    final class Lines: Sendable {
        private let state = Mutex<[String]>([])
        private let handed = Mutex<[LogEvent]>([])

        var all: [String] { state.withLock { $0 } }
        var events: [LogEvent] { handed.withLock { $0 } }
        func add(_ line: String) { state.withLock { $0.append(line) } }
        func keep(_ event: LogEvent) { handed.withLock { $0.append(event) } }
    }

    let lines: Lines
    /// Whether it looks at metadata.
    var writesMetadata = true
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?

    init(_ lines: Lines, level: Logger.Level = .info, writesMetadata: Bool = true) {
        self.lines = lines
        self.writesMetadata = writesMetadata
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.keep(event)
        var all = metadata
        all.merge(metadataProvider?.get() ?? [:]) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        let values = writesMetadata ? all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined() : ""
        lines.add("\(event.level) \(event.message)\(values)")
    }
}

/// Counts how often it is described.
final class Costly: CustomStringConvertible, CustomDebugStringConvertible, Sendable {
    private let count = Mutex(0)
    private let text: String

    init(_ text: String = "costly") { self.text = text }

    var descriptions: Int { count.withLock { $0 } }
    var description: String {
        count.withLock { $0 += 1 }
        return text
    }
    var debugDescription: String { description }
}
