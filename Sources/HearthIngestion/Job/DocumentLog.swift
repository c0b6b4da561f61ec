internal import HearthLogging
public import Logging

/// What a run logs of documents: each that goes into the store at `debug`, with all its fields and its vector, and each that is set
/// aside at `info`; personal data is redacted.
public struct DocumentLog: Sendable {
    /// When values are described. Both forms write the same lines.
    public enum Form: String, Hashable, Sendable, CaseIterable {
        /// The ordinary way: as text when it is set on the logger, and redacted before the level is looked at.
        case eager
        /// When a handler writes it, which below the level is never.
        case lazy
    }

    private let logger: Logger
    private let form: Form

    /// - Parameters:
    ///   - level: below it nothing is written.
    ///   - handler: what writes the lines, after redaction.
    public init(_ form: Form, level: Logger.Level, handler: some LogHandler) {
        self.form = form
        var logger = Logger(label: "hearth-ingest") { _ in
            switch form {
            case .eager: EagerRedactingLogHandler(handler)
            case .lazy: RedactingLogHandler(handler)
            }
        }
        logger.logLevel = level
        self.logger = logger
    }

    func stores(_ document: StoredDocument) {
        var logger = logger
        switch form {
        case .eager: logger[metadataKey: "document"] = "\(document.debugDescription)"
        case .lazy: logger[metadataKey: "document"] = .described(debug: document)
        }
        logger.debug("document stored")
    }

    func rejects(_ document: RejectedDocument) {
        var logger = logger
        switch form {
        case .eager: logger[metadataKey: "text"] = "\(String(decoding: document.text, as: UTF8.self))"
        case .lazy: logger[metadataKey: "text"] = .described { String(decoding: document.text, as: UTF8.self) }
        }
        logger.info(
            "document set aside",
            metadata: ["line": "\(document.line)", "node": "\(document.node)", "reason": "\(document.reason)"])
    }
}

/// Cheap by its key; with all that is in it only for who debugs.
extension StoredDocument: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { key }

    package var debugDescription: String {
        let fields = fields.map { field in
            switch field.value {
            case .text(let text): "\(field.name)=\(text)"
            case .number(let number): "\(field.name)=\(number)"
            }
        }
        return "\(key) \(fields.joined(separator: " ")) vector=\(vector.map { "\($0)" }.joined(separator: ","))"
    }
}
