import HearthLogging
import Logging

/// What a call of a logger costs whose level is off, when its metadata is costly to describe, put off and not; and how fast text is
/// redacted.
///
/// The costly value is a node's table of 32 rows: what `debugDescription` of something that matters looks like.
struct LoggingBench {
    private static let rounds = 60
    private static let turns = 4_000

    func run() throws {
        calls()
        redaction()
    }

    private func calls() {
        let table = Table()
        var lazy = Self.opaque(Logger(label: "bench") { _ in RedactingLogHandler(Writing()) })
        var eager = Self.opaque(Logger(label: "bench") { _ in EagerRedactingLogHandler(Writing()) })
        lazy.logLevel = .info
        eager.logLevel = .info
        var figures: [String: [Double]] = [:]
        for _ in 0..<Self.rounds {
            for (name, logger) in [("lazy", lazy), ("eager", eager)] {
                // The ordinary way is to interpolate: the description is made by whoever sets it, or asks for the event.
                figures["off.\(name)", default: []].append(
                    name == "lazy"
                        ? nanoseconds { logger.debug("batch done", metadata: ["node": .described(debug: table)]) }
                        : nanoseconds(100) {
                            logger.debug("batch done", metadata: ["node": "\(table.debugDescription)"])
                        })
                figures["set.\(name)", default: []].append(
                    name == "lazy"
                        ? nanoseconds {
                            var logger = logger
                            logger[metadataKey: "node"] = .described(debug: table)
                            logger.debug("batch done")
                        }
                        : nanoseconds(100) {
                            var logger = logger
                            logger[metadataKey: "node"] = "\(table.debugDescription)"
                            logger.debug("batch done")
                        })
                figures["on.\(name)", default: []].append(
                    nanoseconds(100) {
                        logger.info("batch done", metadata: ["node": .described(debug: table)])
                    })
            }
            // swift-log's own handler, which writes nothing below its level.
            let stream = Self.opaque(Logger(label: "bench") { StreamLogHandler.standardError(label: $0) })
            figures["off.stream", default: []].append(nanoseconds { stream.debug("batch done") })
        }
        for key in figures.keys.sorted() {
            printFigure("logging.call.\(key)", figures[key, default: []].quantile(0.5), "ns", digits: 1)
        }
    }

    private func redaction() {
        let redactor = Redactor()
        let texts = [
            ("prose", "a batch of documents went through the graph, and nothing of note was met on the way; "),
            ("log", "node embed done in 12.5 ms, 512 items, 3 rejected, at 2024-11-05T12:30:45.123Z, version 1.2.3; "),
            ("personal", "ann@example.org (+49 151 12345678) paid with 4111 1111 1111 1111 from 10.0.0.1; "),
        ]
        for (name, piece) in texts {
            let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
            var rates: [Double] = []
            for _ in 0..<Self.rounds {
                let start = processNanoseconds()
                Self.keep(redactor.redact(text))
                rates.append(Double(text.utf8.count) / Double(processNanoseconds() - start) * 1_000)
            }
            printFigure("logging.redact.\(name)", rates.quantile(0.5), "MB/s")
        }
        let line = "node embed done in 12.5 ms, 512 items, 3 rejected"
        let times = (0..<Self.rounds).map { _ in nanoseconds { Self.keep(redactor.redact(line)) } }
        printFigure("logging.redact.line", times.quantile(0.5), "ns", digits: 1)
    }

    private func nanoseconds(_ turns: Int = Self.turns, _ body: () -> Void) -> Double {
        let start = processNanoseconds()
        for _ in 0..<turns { body() }
        return Double(processNanoseconds() - start) / Double(turns)
    }

    /// Of a logger whose handler the optimiser sees, less is left to measure than of one that is handed in.
    @inline(never) private static func opaque(_ logger: Logger) -> Logger {
        var loggers = [logger]
        return loggers.remove(at: Int.random(in: 0..<1))
    }

    @inline(never) private static func keep(_ text: String) {}

    private struct Table: CustomStringConvertible, CustomDebugStringConvertible, Sendable {
        let rows = (0..<32).map { (name: "node-\($0)", calls: $0 * 17, seconds: Double($0) / 7) }

        var description: String { "\(rows.count) nodes" }
        var debugDescription: String {
            rows.map { "\($0.name): \($0.calls) calls, \($0.seconds) s" }.joined(separator: "\n")
        }
    }

    /// Describes what it is given, as a handler does that writes it, and writes it nowhere.
    private struct Writing: LogHandler {
        var logLevel = Logger.Level.info
        var metadata = Logger.Metadata()

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            for value in (event.metadata ?? [:]).values { keep(value.description) }
        }
    }
}
