public import ArgumentParser
public import HearthIngestion
public import HearthRuntime

extension Embedder: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}

extension RejectionLimit: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
