internal import Synchronization

/// How many bytes of bodies are in memory at once, under a bound. Thread-safe.
final class BytesInFlight: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) { self.limit = limit }

    var count: Int { taken.withLock { $0 } }

    /// False where there is no room for them now.
    func reserve(_ bytes: Int) -> Bool {
        taken.withLock { taken in
            guard bytes <= limit - taken else { return false }
            taken += bytes
            return true
        }
    }

    func release(_ bytes: Int) { taken.withLock { $0 -= bytes } }
}
