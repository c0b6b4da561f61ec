public import ArgumentParser
public import HearthIngestion
public import HearthRuntime
public import HearthTransformer
public import Logging

extension DocumentLog.Form: ExpressibleByArgument {}
extension Evaluation: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
extension FieldAccess: ExpressibleByArgument {}
extension ModelSharing: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}
extension Transfer: ExpressibleByArgument {}

extension FieldFilter: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension RejectionLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension EmbedderName: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
    public static var allValueStrings: [String] { ["hashed", "transformer:DIR"] }
}

extension SeededModel.Shape: ExpressibleByArgument {}
