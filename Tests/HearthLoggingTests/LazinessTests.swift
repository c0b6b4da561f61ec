import HearthLogging
import Logging
import Testing

@Suite struct LazinessTests {
    private let lines = RecordingHandler.Lines()

    private func logger(_ handler: some LogHandler) -> Logger { Logger(label: "test") { _ in handler } }

    @Test func belowTheLevelNothingIsDescribed() {
        let (message, argument, kept, provided) = (Costly(), Costly(), Costly(), Costly())
        var handler = RedactingLogHandler(RecordingHandler(lines))
        handler.metadataProvider = .init { ["provided": .stringConvertible(provided)] }
        var logger = logger(handler)
        logger[metadataKey: "kept"] = .described(debug: kept)
        logger.debug("\(message)", metadata: ["argument": .described { argument.description }])
        #expect([message, argument, kept, provided].allSatisfy { $0.descriptions == 0 })
        #expect(lines.all.isEmpty)
        // Nor where somebody hands an event on without looking at its level.
        logger.handler.log(
            event: LogEvent(
                level: .debug, message: "a", metadata: ["argument": .stringConvertible(argument)], source: nil,
                file: "",
                function: "", line: 0))
        #expect([argument, kept, provided].allSatisfy { $0.descriptions == 0 })
        #expect(lines.all.isEmpty)
    }

    @Test func aboveTheLevelEverythingIsDescribedOnce() {
        let (argument, kept, provided) = (Costly("a@b.org"), Costly("+49 151 12345678"), Costly("10.0.0.1"))
        var handler = RedactingLogHandler(RecordingHandler(lines))
        handler.metadataProvider = .init { ["provided": .stringConvertible(provided)] }
        var logger = logger(handler)
        logger[metadataKey: "kept"] = .described(debug: kept)
        logger.info("from c@d.org", metadata: ["argument": .described { argument.description }])
        #expect(lines.all == ["info from [email] argument=[email] kept=[phone] provided=[ip]"])
        #expect([argument, kept, provided].allSatisfy { $0.descriptions == 1 })
    }

    @Test func severalHandlersDescribeOnce() {
        let value = Costly("a@b.org")
        let both = MultiplexLogHandler([RecordingHandler(lines), RecordingHandler(lines)])
        logger(RedactingLogHandler(both)).info("x", metadata: ["value": .stringConvertible(value)])
        #expect(lines.all == ["info x value=[email]", "info x value=[email]"])
        #expect(value.descriptions == 1)
    }

    @Test func whatTheOtherHandlerLeavesOutIsNotDescribed() {
        let (kept, argument) = (Costly(), Costly())
        var logger = logger(RedactingLogHandler(RecordingHandler(lines, writesMetadata: false)))
        logger[metadataKey: "kept"] = .stringConvertible(kept)
        logger.info("x", metadata: ["argument": ["inner": .stringConvertible(argument)]])
        #expect(lines.all == ["info x"])
        #expect(kept.descriptions + argument.descriptions == 0)
    }

    @Test func whatIsHiddenIsNotDescribed() {
        let secret = Costly()
        logger(RedactingLogHandler(RecordingHandler(lines))).info("x", metadata: ["token": .stringConvertible(secret)])
        #expect(lines.all == ["info x token=[redacted]"])
        #expect(secret.descriptions == 0)
    }

    /// swift-log's own handler describes what is set on it, at once; behind the redacting one nothing is set on it.
    @Test func metadataStaysPutOffBeforeAHandlerThatDescribesAtOnce() {
        final class Sink: TextOutputStream, Sendable {
            func write(_ string: String) {}
        }
        let value = Costly()
        let plain = StreamLogHandler(label: "", stream: Sink(), metadataProvider: nil)
        var eager = logger(plain)
        eager[metadataKey: "value"] = .stringConvertible(value)
        #expect(value.descriptions == 1)
        var lazy = logger(RedactingLogHandler(plain))
        lazy[metadataKey: "value"] = .stringConvertible(value)
        lazy.debug("x")
        #expect(value.descriptions == 1)
        lazy.info("x")
        #expect(value.descriptions == 2)
    }

    @Test func theEagerHandlerDescribesAnyway() {
        let (message, argument, kept, provided) = (Costly(), Costly(), Costly(), Costly())
        var handler = EagerRedactingLogHandler(RecordingHandler(lines))
        handler.metadataProvider = .init { ["provided": .stringConvertible(provided)] }
        var logger = logger(handler)
        logger.logLevel = .warning
        logger[metadataKey: "kept"] = .described(debug: kept)
        #expect(kept.descriptions == 1)
        logger.info("\(message)", metadata: ["argument": .described { argument.description }])
        #expect([message, argument, kept, provided].allSatisfy { $0.descriptions == 1 })
        #expect(lines.all.isEmpty)
    }

    /// Eager or lazy, the lines are the same.
    @Test func bothHandlersWriteTheSame() {
        let eagerLines = RecordingHandler.Lines()
        var base = RecordingHandler(lines, level: .debug)
        base.metadata = ["of": "a@b.org", "email": "c@d.org"]
        base.metadataProvider = .init { ["trace": ["list": ["e@f.org", "4111 1111 1111 1111", "10.1.2.3"]]] }
        var eagerBase = base
        eagerBase = RecordingHandler(eagerLines, level: .debug)
        eagerBase.metadata = base.metadata
        eagerBase.metadataProvider = base.metadataProvider
        for var logger in [logger(RedactingLogHandler(base)), logger(EagerRedactingLogHandler(eagerBase))] {
            logger[metadataKey: "number"] = "(212) 555-1234"
            logger.trace("left out")
            logger.debug("from g@h.org", metadata: ["of": "i@j.org and k"])
            logger.error("failed", error: Refused(who: "l@m.org"))
        }
        #expect(lines.all == eagerLines.all)
        #expect(lines.all.count == 2)
        #expect(lines.all[0].hasPrefix("debug from [email] email=[redacted] number=[phone] of=[email] and k trace="))
        for mark in ["list", "[email]", "[card]", "[ip]"] { #expect(lines.all[0].contains(mark)) }
        #expect(lines.all[1].contains("error.message=no entry for [email] error.type=HearthLoggingTests."))
        #expect(lines.events.allSatisfy { $0.error == nil })
    }

    private struct Refused: Error, CustomStringConvertible {
        let who: String
        var description: String { "no entry for \(who)" }
    }

    @Test func levelsAreHandedOn() {
        let handler = RedactingLogHandler(RecordingHandler(lines, level: .error))
        #expect(handler.logLevel == .error)
        var logger = logger(handler)
        logger.logLevel = .trace
        logger.trace("x")
        logger.logLevel = .critical
        logger.error("y")
        #expect(lines.all == ["trace x"])
        #expect(logger.logLevel == .critical)
    }

    /// The handlers are values: a logger that is copied goes its own way.
    @Test func loggersAreValues() {
        let first = logger(RedactingLogHandler(RecordingHandler(lines)))
        var second = first
        second[metadataKey: "a"] = "b"
        first.info("x")
        second.info("x")
        #expect(lines.all == ["info x", "info x a=b"])
        #expect(second[metadataKey: "a"] == "b" && second.handler.metadata == ["a": "b"])
    }

    @Test func attributesStayWithTheirValues() {
        enum Sensitivity: Int64, Logger.MetadataValueAttributes.Attribute { case high = 3 }
        logger(RedactingLogHandler(RecordingHandler(lines)))
            .info("x", metadata: ["who": .attributed("a@b.org", attributes: [Sensitivity.high])])
        #expect(lines.all == ["info x who=[email]"])
        #expect(lines.events[0].metadata?["who"]?.attributes[Sensitivity.self] == .high)
    }
}
