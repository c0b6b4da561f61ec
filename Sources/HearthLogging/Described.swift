public import Logging

/// A value that is described only when a log handler asks for it.
///
/// ```swift
/// logger.debug("batch done", metadata: ["node": .described { node.debugDescription }])
/// logger[metadataKey: "plan"] = .described(debug: plan)
/// ```
///
/// Below the level in force the closure is never called. Of what a call site of swift-log says, the message and
/// `metadata:` are not evaluated either below the level, but `logger[metadataKey:] = …` always is: a string there is
/// made whether anything is ever emitted or not. The convention that goes with it: a type's `description` is cheap and
/// short, what is dear to make or long is its `debugDescription`, and only the latter needs to be put off.
///
/// The closure is called each time that the value is emitted, so it sees what is the case then. It may be called from
/// any thread.
public struct Described: CustomStringConvertible, Sendable {
    private let describe: @Sendable () -> String

    /// A value whose description is what the closure returns.
    public init(_ describe: @escaping @Sendable () -> String) { self.describe = describe }

    /// A value that is described by its `debugDescription`.
    public init(debug value: some CustomDebugStringConvertible & Sendable) { describe = { value.debugDescription } }

    /// Calls the closure.
    public var description: String { describe() }
}

extension Logger.MetadataValue {
    /// A value that is described only when it is emitted; see ``Described``.
    public static func described(_ describe: @escaping @Sendable () -> String) -> Self {
        .stringConvertible(Described(describe))
    }

    /// A value that is described, by its `debugDescription`, only when it is emitted; see ``Described``.
    public static func described(debug value: some CustomDebugStringConvertible & Sendable) -> Self {
        .stringConvertible(Described(debug: value))
    }
}
