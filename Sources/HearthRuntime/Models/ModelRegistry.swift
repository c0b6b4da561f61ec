internal import Synchronization

/// Models by name, each loaded once and shared by all who ask. Safe to use from many tasks.
///
/// Concurrent first uses wait for the one load. A load that fails is an error for all who wait, and is tried again by the next
/// who asks. A model stays loaded as long as somebody holds a handle of it; after that it stays too, until the memory bound wants
/// its room: then those go that were not used for the longest time.
public final class ModelRegistry: Sendable {
    /// What is known of one name.
    public struct Status: Hashable, Sendable {
        /// How often it was loaded, failed loads included.
        public var loads = 0
        public var unloads = 0
        /// Handles that are held now, those of who waits for a load among them.
        public var handles = 0
        /// 0 while it is not loaded.
        public var byteCount = 0
    }

    fileprivate enum Entry {
        /// All who ask wait for it.
        case loading(Task<any Model, any Error>)
        case loaded(any Model, lastUse: Int)
    }

    fileprivate struct State {
        var entries: [String: Entry] = [:]
        var statuses: [String: Status] = [:]
        /// Counts uses, to tell which was longest ago.
        var uses = 0
    }

    private let state = Mutex(State())
    /// Of all loaded models together; nil without a bound.
    public let maximumBytes: Int?

    public init(maximumBytes: Int? = nil) { self.maximumBytes = maximumBytes }

    /// By name, of every model that was ever asked for.
    public var statuses: [String: Status] { state.withLock(\.statuses) }

    /// A handle of the model, loaded if it is not. Cancelling the task ends its waiting, and not the load.
    ///
    /// - Parameters:
    ///   - reference: the model, and how to load it.
    ///   - name: under which it is kept, where that is not the model's own.
    /// - Throws: what the load throws.
    public func handle(of reference: ModelReference, as name: String? = nil) async throws -> ModelHandle {
        try await use(reference, as: name ?? reference.name, isCancellable: true).handle
    }

    /// How a handle was come by.
    enum Way { case wasThere, waited, loaded }

    /// - Parameter isCancellable: false for a batch that is done whole once it has begun.
    func use(
        _ reference: ModelReference, as name: String, isCancellable: Bool
    ) async throws -> (handle: ModelHandle, way: Way) {
        let step = state.withLock { state in state.begin(name, reference, of: self) }
        switch step {
        case .handle(let handle): return (handle, .wasThere)
        case .wait(let task, let way):
            do {
                let model = isCancellable ? try await value(of: task) : try await task.value
                return (ModelHandle(model, name, self), way)
            } catch {
                released(name)
                throw error
            }
        }
    }

    /// Loads a model and puts it in its place, whether or not somebody still waits for it: what is not in its place cannot be
    /// unloaded, nor tried again.
    fileprivate func load(_ reference: ModelReference, as name: String) async throws -> any Model {
        do {
            let model = try await reference.load()
            state.withLock { $0.finish(name, model) }
            if let maximumBytes { unload(downTo: maximumBytes) }
            return model
        } catch {
            state.withLock { $0.entries[name] = nil }
            throw error
        }
    }

    /// The task's value; a waiting task that is cancelled need not wait for it.
    private func value(of task: Task<any Model, any Error>) async throws -> any Model {
        let ending = AsyncThrowingStream<any Model, any Error>.makeStream()
        let relay = Task {
            do {
                ending.continuation.yield(try await task.value)
                ending.continuation.finish()
            } catch {
                ending.continuation.finish(throwing: error)
            }
        }
        for try await model in ending.stream { return model }
        relay.cancel()
        throw CancellationError()
    }

    /// Unloads models that nobody holds, from the one not used for the longest time on, until what is loaded is within `bytes`.
    public func unload(downTo bytes: Int = 0) {
        // Let go of outside of the lock: what a model does at its end is its own affair, and may take long.
        let unloaded = state.withLock { $0.unload(downTo: bytes) }
        _ = consume unloaded
    }

    fileprivate func released(_ name: String) {
        state.withLock { $0.statuses[name, default: Status()].handles -= 1 }
        if let maximumBytes { unload(downTo: maximumBytes) }
    }
}

extension ModelRegistry.State {
    enum Step {
        case handle(ModelHandle)
        case wait(Task<any Model, any Error>, ModelRegistry.Way)
    }

    /// Who waits for a load has its handle from here on, so that the model is not unloaded between its coming and its use.
    mutating func begin(_ name: String, _ reference: ModelReference, of registry: ModelRegistry) -> Step {
        uses += 1
        statuses[name, default: .init()].handles += 1
        switch entries[name] {
        case .loaded(let model, _):
            entries[name] = .loaded(model, lastUse: uses)
            return .handle(ModelHandle(model, name, registry))
        case .loading(let task): return .wait(task, .waited)
        case nil:
            statuses[name, default: .init()].loads += 1
            let task = Task { try await registry.load(reference, as: name) }
            entries[name] = .loading(task)
            return .wait(task, .loaded)
        }
    }

    mutating func finish(_ name: String, _ model: any Model) {
        statuses[name, default: .init()].byteCount = model.byteCount
        uses += 1
        entries[name] = .loaded(model, lastUse: uses)
    }

    mutating func unload(downTo bytes: Int) -> [any Model] {
        var unloaded: [any Model] = []
        var total = statuses.values.reduce(0) { $0 + $1.byteCount }
        while total > bytes {
            var oldest: (name: String, model: any Model, use: Int)?
            for (name, entry) in entries {
                guard case .loaded(let model, let use) = entry, statuses[name]?.handles == 0, use < oldest?.use ?? .max
                else { continue }
                oldest = (name, model, use)
            }
            guard let (name, model, _) = oldest else { return unloaded }
            entries[name] = nil
            unloaded.append(model)
            total -= statuses[name]?.byteCount ?? 0
            statuses[name]?.byteCount = 0
            statuses[name]?.unloads += 1
        }
        return unloaded
    }
}

/// Somebody's use of a model: as long as it is held, the model stays loaded.
public final class ModelHandle: Sendable {
    public let model: any Model
    private let name: String
    private let registry: ModelRegistry

    /// Takes over a use that the registry has counted.
    fileprivate init(_ model: any Model, _ name: String, _ registry: ModelRegistry) {
        self.model = model
        self.name = name
        self.registry = registry
    }

    deinit { registry.released(name) }
}
