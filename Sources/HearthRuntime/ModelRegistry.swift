/// Models by name, each loaded once and shared by all who ask.
///
/// Concurrent first uses wait for the one load. A load that fails is an error for all who wait, and is tried again by the
/// next who asks.
public actor ModelRegistry {
    private var loading: [String: Task<any Sendable, any Error>] = [:]
    /// How often each model was loaded, failed loads included.
    public private(set) var loads: [String: Int] = [:]

    public init() {}

    /// The model of this name, which `load` makes at the first use.
    ///
    /// - Throws: what `load` throws; ``ModelError`` where the name stands for a model of another type.
    public func model<Model: Sendable>(
        named name: String, as type: Model.Type = Model.self, load: @escaping @Sendable () async throws -> Model
    ) async throws -> Model {
        let task: Task<any Sendable, any Error>
        if let known = loading[name] {
            task = known
        } else {
            loads[name, default: 0] += 1
            task = Task { try await load() }
            loading[name] = task
        }
        let value: any Sendable
        do {
            value = try await task.value
        } catch {
            if loading[name] == task { loading[name] = nil }
            throw error
        }
        guard let model = value as? Model else { throw ModelError.otherType(name: name) }
        return model
    }
}

/// A name, how to load what it stands for, and the registry that keeps it: what nodes hold instead of the model.
public struct SharedModel<Model: Sendable>: Sendable {
    public let name: String
    private let registry: ModelRegistry
    private let load: @Sendable () async throws -> Model

    public init(_ name: String, in registry: ModelRegistry, load: @escaping @Sendable () async throws -> Model) {
        self.name = name
        self.registry = registry
        self.load = load
    }

    /// The model, loaded at the first use by whichever node comes first.
    public func callAsFunction() async throws -> Model { try await registry.model(named: name, load: load) }
}

/// A registry asked for the wrong thing.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    case otherType(name: String)

    public var description: String {
        switch self {
        case .otherType(let name): "the model '\(name)' is of another type than the one asked for"
        }
    }
}
