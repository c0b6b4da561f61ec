internal import Logging
internal import Synchronization

extension Logger.Metadata {
    func redacted(by redactor: Redactor) -> Self {
        var redacted = Self(minimumCapacity: count)
        for (key, value) in self {
            redacted[key] = redactor.hides(key: key) ? .string(Redactor.hiddenValue) : value.redacted(by: redactor)
        }
        return redacted
    }
}

extension Logger.MetadataValue {
    /// Values that redact themselves when they are described; the attributes of a value stay with it.
    func redacted(by redactor: Redactor) -> Self {
        switch self {
        case .string(let text): .stringConvertible(RedactedValue(text, redactor))
        case .stringConvertible(let value):
            attributes == Logger.MetadataValueAttributes()
                ? .stringConvertible(RedactedValue(value, redactor))
                : .attributed(RedactedValue(value, redactor), attributes: attributes)
        case .dictionary(let values): .dictionary(values.redacted(by: redactor))
        case .array(let values): .array(values.map { $0.redacted(by: redactor) })
        }
    }
}

/// A value of one event, described and redacted when the first handler asks and kept for the next.
private final class RedactedValue: CustomStringConvertible, Sendable {
    private let value: any CustomStringConvertible & Sendable
    private let redactor: Redactor
    private let made = Mutex<String?>(nil)

    init(_ value: any CustomStringConvertible & Sendable, _ redactor: Redactor) {
        self.value = value
        self.redactor = redactor
    }

    var description: String {
        made.withLock { made in
            if let made { return made }
            let text = redactor.redact(value.description)
            made = text
            return text
        }
    }
}
