public import Logging

/// Hands events on to another handler, without the personal data that they hold.
///
/// ```swift
/// LoggingSystem.bootstrap { RedactingLogHandler(StreamLogHandler.standardError(label: $0)) }
/// ```
///
/// Whether an event is of the level in force is seen to before anything is described. Of events that are, the message
/// is redacted; values of metadata are handed on as values that redact themselves when the other handler describes
/// them, at most once an event, and never if it does not. So it is with metadata of the logger, of the metadata
/// provider and of the call, in dictionaries and arrays too. Of keys that the ``Redactor`` hides the value is not even
/// described. An error is handed on as `error.message` and `error.type`, as handlers write it.
///
/// This handler keeps the logger's metadata and the provider itself, and the other one has none: handlers such as
/// `StreamLogHandler` describe what is set on them at once. Keys are not redacted, nor are labels, sources and files.
public struct RedactingLogHandler: LogHandler {
    private var base: any LogHandler
    private let redactor: Redactor
    /// Not that of `base`, so that nobody need ask it for an event that is not emitted.
    public var logLevel: Logger.Level {
        didSet { base.logLevel = logLevel }
    }
    public var metadata: Logger.Metadata
    public var metadataProvider: Logger.MetadataProvider?

    /// A handler before another one, whose level, metadata and provider it takes over.
    public init(_ base: some LogHandler, redactor: Redactor = Redactor()) {
        var base = base
        self.redactor = redactor
        logLevel = base.logLevel
        metadata = base.metadata
        metadataProvider = base.metadataProvider
        if !base.metadata.isEmpty { base.metadata = [:] }
        if base.metadataProvider != nil { base.metadataProvider = nil }
        self.base = base
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        // The logger has looked, but not every handler that stands between does.
        guard event.level >= logLevel else { return }
        var event = event
        event.message = Logger.Message(stringLiteral: redactor.redact(event.message.description))
        event.metadata = effectiveMetadata(of: event).map { $0.redacted(by: redactor) }
        event.error = nil
        base.log(event: event)
    }

    private func effectiveMetadata(of event: LogEvent) -> Logger.Metadata? {
        var effective = metadata
        if let provided = metadataProvider?.get() { effective.merge(provided) { _, provided in provided } }
        if let explicit = event.metadata { effective.merge(explicit) { _, explicit in explicit } }
        if let error = event.error {
            effective["error.message"] = .described { "\(error)" }
            effective["error.type"] = .string(String(reflecting: type(of: error)))
        }
        return effective.isEmpty ? nil : effective
    }
}
