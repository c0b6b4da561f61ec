import HearthRuntime
import Synchronization
import Testing

@Suite struct ModelRegistryTests {
    private final class Loads: Sendable {
        private let log = Mutex<[DoublingModel]>([])
        var count: Int { log.withLock(\.count) }

        func make() -> DoublingModel {
            let model = DoublingModel()
            log.withLock { $0.append(model) }
            return model
        }
    }

    private struct NotYet: Error {}

    private func reference(_ name: String, _ load: @escaping @Sendable () async throws -> any Model) -> ModelReference {
        ModelReference(name, input: .number, output: .number, load: load)
    }

    private func identity(_ handle: ModelHandle) -> ObjectIdentifier? {
        (handle.model as? DoublingModel).map(ObjectIdentifier.init)
    }

    @Test func oneLoadServesAllWhoAskAtOnce() async throws {
        let (registry, loads) = (ModelRegistry(), Loads())
        let model = reference("m") {
            await Task.yield()
            return loads.make()
        }
        let identities = try await withThrowingTaskGroup(of: ObjectIdentifier?.self) { group in
            for _ in 0..<50 { group.addTask { identity(try await registry.handle(of: model)) } }
            return try await group.reduce(into: Set<ObjectIdentifier?>()) { $0.insert($1) }
        }
        #expect(identities.count == 1)
        #expect(loads.count == 1)
        #expect(registry.statuses["m"]?.loads == 1)
        #expect(registry.statuses["m"]?.handles == 0)
        // A copy of its own, under a name of its own.
        let copy = try await registry.handle(of: model, as: "m of b")
        #expect(!identities.contains(identity(copy)))
        #expect(registry.statuses["m of b"]?.handles == 1)
    }

    @Test func aFailedLoadIsEverybodysAndIsTriedAgain() async throws {
        let registry = ModelRegistry()
        let attempts = Mutex(0)
        let gate = AsyncStream<Void>.makeStream()
        let model = reference("m") {
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt > 1 { return DoublingModel() }
            for await _ in gate.stream { break }
            throw NotYet()
        }
        let waiting = (0..<8).map { _ in Task { try await registry.handle(of: model) } }
        while registry.statuses["m"] == nil { await Task.yield() }
        gate.continuation.yield()
        for task in waiting { await #expect(throws: NotYet.self) { try await task.value } }
        #expect(attempts.withLock(\.self) == 1)
        _ = try await registry.handle(of: model)
        _ = try await registry.handle(of: model)
        #expect(registry.statuses["m"]?.loads == 2)
    }

    @Test func whoIsCancelledLeavesTheOthersTheirLoad() async throws {
        let (registry, loads) = (ModelRegistry(), Loads())
        let gate = AsyncStream<Void>.makeStream()
        let model = reference("m") {
            for await _ in gate.stream { break }
            return loads.make()
        }
        let cancelled = Task { try await registry.handle(of: model) }
        let patient = Task { try await registry.handle(of: model) }
        while registry.statuses["m"] == nil { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        gate.continuation.yield()
        _ = try await patient.value
        #expect(loads.count == 1)
    }

    @Test func whatNobodyHoldsGoesFirstTheLongestUnused() async throws {
        let (registry, loads) = (ModelRegistry(maximumBytes: 2_000), Loads())
        func ask(_ name: String) async throws -> ModelHandle {
            try await registry.handle(of: reference(name) { loads.make() })
        }
        func loaded() -> Set<String> { Set(registry.statuses.filter { $0.value.byteCount > 0 }.keys) }
        var held: ModelHandle? = try await ask("a")
        _ = try await ask("b")
        #expect(loaded() == ["a", "b"])
        _ = try await ask("c")
        #expect(loaded() == ["a", "c"], "b is not held, a is")
        // Three are held: the bound gives way, and holds again when they are let go.
        func holdingTwo() async throws {
            let two = [try await ask("c"), try await ask("d")]
            #expect(loaded() == ["a", "c", "d"])
            withExtendedLifetime(two) {}
        }
        try await holdingTwo()
        #expect(loaded().count == 2)
        #expect(identity(try await ask("a")) == held.flatMap(identity))
        held = nil
        _ = try await ask("b")
        #expect(loaded().count == 2)
        #expect(registry.statuses.values.allSatisfy { $0.handles == 0 })
        registry.unload()
        #expect(loaded().isEmpty)
        _ = try await ask("a")
        #expect(registry.statuses["a"]?.loads == 2)
    }

    /// Whoever wanted it has gone: the model has its place all the same, and goes by the bound.
    @Test(.timeLimit(.minutes(5))) func aModelThatNobodyWaitsForAnyMoreCanBeUnloaded() async throws {
        let registry = ModelRegistry()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let slow = reference("m") {
            for await _ in gate { break }
            return DoublingModel()
        }
        let waiting = Task { try await registry.handle(of: slow) }
        while registry.statuses["m"]?.loads != 1 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        open.yield()
        while registry.statuses["m"]?.byteCount != 1_000 { await Task.yield() }
        #expect(registry.statuses["m"]?.handles == 0)
        registry.unload()
        #expect(registry.statuses["m"]?.byteCount == 0 && registry.statuses["m"]?.unloads == 1)
    }

    @Test(.timeLimit(.minutes(5))) func aLoadThatWasCancelledIsTriedAgain() async throws {
        let registry = ModelRegistry()
        let attempts = Mutex(0)
        let model = reference("m") {
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt == 1 { throw CancellationError() }
            return DoublingModel()
        }
        let waiting = Task { try await registry.handle(of: model) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        while attempts.withLock(\.self) == 0 { await Task.yield() }
        // The first load may still be on its way to its failure: then it is this one's, too.
        var handle = try? await registry.handle(of: model)
        if handle == nil { handle = try await registry.handle(of: model) }
        #expect(registry.statuses["m"]?.loads == 2)
        withExtendedLifetime(handle) {}
    }
}
