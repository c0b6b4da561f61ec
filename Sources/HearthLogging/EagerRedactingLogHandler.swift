public import Logging

/// What ``RedactingLogHandler`` does, written in the ordinary way: to be compared with, not to be used.
///
/// It asks for every event, describes and redacts all of it, and only then sees whether the event is of its level;
/// metadata that is set on the logger is described as it is set. What comes out is the same. Below the level it costs
/// what it costs above it.
public struct EagerRedactingLogHandler: LogHandler {
    private var base: any LogHandler
    private let redactor: Redactor
    private var emittedLevel: Logger.Level
    private var described: Logger.Metadata
    public var metadataProvider: Logger.MetadataProvider?

    /// A handler before another one, whose level, metadata and provider it takes over.
    public init(_ base: some LogHandler, redactor: Redactor = Redactor()) {
        var base = base
        self.redactor = redactor
        emittedLevel = base.logLevel
        described = base.metadata.described(redactor)
        metadataProvider = base.metadataProvider
        if !base.metadata.isEmpty { base.metadata = [:] }
        if base.metadataProvider != nil { base.metadataProvider = nil }
        self.base = base
    }

    /// Always `trace`, so that the logger leaves nothing out; what is set is the level that is emitted.
    public var logLevel: Logger.Level {
        get { .trace }
        set {
            emittedLevel = newValue
            base.logLevel = newValue
        }
    }

    public var metadata: Logger.Metadata {
        get { described }
        set { described = newValue.described(redactor) }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { described[key] }
        set { described[key] = newValue.map { [key: $0] }?.described(redactor)[key] }
    }

    public func log(event: LogEvent) {
        var effective = described
        if let provided = metadataProvider?.get() {
            effective.merge(provided.described(redactor)) { _, provided in provided }
        }
        if let explicit = event.metadata {
            effective.merge(explicit.described(redactor)) { _, explicit in explicit }
        }
        if let error = event.error {
            effective["error.message"] = .string(redactor.redact("\(error)"))
            effective["error.type"] = .string(redactor.redact(String(reflecting: type(of: error))))
        }
        var event = event
        event.message = Logger.Message(stringLiteral: redactor.redact(event.message.description))
        event.metadata = effective.isEmpty ? nil : effective
        event.error = nil
        guard event.level >= emittedLevel else { return }
        base.log(event: event)
    }
}

extension Logger.Metadata {
    fileprivate func described(_ redactor: Redactor) -> Self {
        var described = Self(minimumCapacity: count)
        for (key, value) in self {
            described[key] = redactor.hides(key: key) ? .string(Redactor.hiddenValue) : value.described(redactor)
        }
        return described
    }
}

extension Logger.MetadataValue {
    fileprivate func described(_ redactor: Redactor) -> Self {
        switch self {
        case .string(let text): .string(redactor.redact(text))
        case .stringConvertible(let value):
            attributes == Logger.MetadataValueAttributes()
                ? .string(redactor.redact(value.description))
                : .attributed(redactor.redact(value.description), attributes: attributes)
        case .dictionary(let values): .dictionary(values.described(redactor))
        case .array(let values): .array(values.map { $0.described(redactor) })
        }
    }
}
