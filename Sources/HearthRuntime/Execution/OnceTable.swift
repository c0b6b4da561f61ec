internal import Synchronization

/// Values by key, each made once: who asks while it is being made waits for it. Safe to use from many tasks.
final class OnceTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private enum Cell {
        case running([CheckedContinuation<Result<Value, any Error>, Never>])
        case done(Result<Value, any Error>)
    }

    private enum Turn {
        case mine
        case done(Result<Value, any Error>)
        case wait
    }

    private let cells = Mutex<[Key: Cell]>([:])

    /// The value, and whether it was made by this call. A failure is everybody's, and stays.
    func value(
        _ key: Key, make: () async throws -> Value
    ) async throws -> (Value, isNew: Bool) {
        let turn = cells.withLock { cells -> Turn in
            switch cells[key] {
            case nil:
                cells[key] = .running([])
                return .mine
            case .done(let result): return .done(result)
            case .running: return .wait
            }
        }
        switch turn {
        case .done(let result): return (try result.get(), false)
        case .wait:
            let result = await withCheckedContinuation { continuation in
                let result = cells.withLock { cells -> Result<Value, any Error>? in
                    switch cells[key] {
                    case .running(let others):
                        cells[key] = .running(others + [continuation])
                        return nil
                    case .done(let result): return result
                    case nil: preconditionFailure("what was begun is not forgotten")
                    }
                }
                if let result { continuation.resume(returning: result) }
            }
            return (try result.get(), false)
        case .mine:
            let result: Result<Value, any Error>
            do { result = .success(try await make()) } catch { result = .failure(error) }
            let waiting = cells.withLock { cells in
                defer { cells[key] = .done(result) }
                if case .running(let waiting)? = cells[key] { return waiting }
                return []
            }
            for continuation in waiting { continuation.resume(returning: result) }
            return (try result.get(), true)
        }
    }
}
