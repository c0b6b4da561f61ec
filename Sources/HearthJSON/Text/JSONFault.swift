/// Why bytes are no acceptable JSON document, and at which byte.
public struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String
    /// From the start of the document.
    public let byte: Int

    public init(reason: String, byte: Int) {
        self.reason = reason
        self.byte = byte
    }

    public var description: String { "\(reason) at byte \(byte)" }
}
