import HearthRuntime
import Synchronization
import Testing

@Suite struct ModelRegistryTests {
    private final class Model: Sendable {}
    private struct NotYet: Error {}

    @Test func oneLoadServesAllWhoAskAtOnce() async throws {
        let registry = ModelRegistry()
        let shared = SharedModel("m", in: registry) { () async throws -> Model in
            await Task.yield()
            return Model()
        }
        let identities = try await withThrowingTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<50 { group.addTask { ObjectIdentifier(try await shared()) } }
            return try await group.reduce(into: Set<ObjectIdentifier>()) { $0.insert($1) }
        }
        #expect(identities.count == 1)
        #expect(await registry.loads == ["m": 1])
        let other = try await registry.model(named: "n") { Model() }
        #expect(!identities.contains(ObjectIdentifier(other)))
    }

    @Test func aFailedLoadIsTriedAgain() async throws {
        let registry = ModelRegistry()
        let attempts = Mutex(0)
        let shared = SharedModel("m", in: registry) { () async throws -> Int in
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt == 1 { throw NotYet() }
            return attempt
        }
        await #expect(throws: NotYet.self) { try await shared() }
        #expect(try await shared() == 2)
        #expect(try await shared() == 2)
        #expect(await registry.loads == ["m": 2])
    }

    @Test func aNameStandsForOneType() async throws {
        let registry = ModelRegistry()
        _ = try await registry.model(named: "m") { 1 }
        await #expect(throws: ModelError.otherType(name: "m")) { try await registry.model(named: "m") { "text" } }
    }
}
