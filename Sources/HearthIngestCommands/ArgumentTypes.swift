public import ArgumentParser
public import HearthIngestion
public import HearthRuntime

extension Embedder: ExpressibleByArgument {}
extension Evaluation: ExpressibleByArgument {}
extension FieldAccess: ExpressibleByArgument {}
extension ModelSharing: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}
extension Transfer: ExpressibleByArgument {}

extension RejectionLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
