internal import NIOCore
internal import Synchronization

/// The open connections of a server, and its counts. Thread-safe.
final class ServerConnections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: ServerConnection] = [:]
        var statistics = HTTPServerStatistics()
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var statistics: HTTPServerStatistics {
        state.withLock { state in
            state.statistics.open = state.open.count
            return state.statistics
        }
    }

    enum Admission {
        case admitted
        /// Over the limit; it may be told.
        case refused
        /// So far over the limit that telling is too much.
        case dropped
    }

    func admit(_ channel: any Channel) -> (connection: ServerConnection, admission: Admission) {
        let connection = ServerConnection(channel: channel)
        return state.withLock { state in
            state.statistics.accepted += 1
            let admission: Admission =
                state.open.count < limit ? .admitted : state.open.count < 2 * limit ? .refused : .dropped
            if admission != .admitted { state.statistics.refused += 1 }
            state.open[ObjectIdentifier(channel)] = connection
            return (connection, admission)
        }
    }

    func connection(of channel: any Channel) -> ServerConnection? {
        state.withLock { $0.open[ObjectIdentifier(channel)] }
    }

    func remove(_ channel: any Channel) {
        _ = state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func count(_ key: any WritableKeyPath<HTTPServerStatistics, Int> & Sendable) {
        state.withLock { $0.statistics[keyPath: key] += 1 }
    }

    /// Closes every connection and cancels what runs for it.
    func closeAll() {
        for connection in state.withLock({ Array($0.open.values) }) {
            connection.cancel()
            connection.channel.close(promise: nil)
        }
    }
}

/// A connection, as its handler's task and its channel both see it. Thread-safe.
final class ServerConnection: Sendable {
    private enum State {
        case idle
        case running(@Sendable () -> Void)
        /// Nobody waits for a response any more.
        case gone
    }

    let channel: any Channel
    private let state = Mutex(State.idle)

    init(channel: any Channel) { self.channel = channel }

    /// Has `cancel` called when nobody waits for the response; at once, if that is so.
    func begin(_ cancel: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if case .gone = state { return true }
            state = .running(cancel)
            return false
        }
        if isGone { cancel() }
    }

    func finish() {
        state.withLock { state in
            if case .running = state { state = .idle }
        }
    }

    /// Whether somebody waited.
    @discardableResult func cancel() -> Bool {
        let cancel: (@Sendable () -> Void)? = state.withLock { state in
            defer { state = .gone }
            if case .running(let cancel) = state { return cancel }
            return nil
        }
        cancel?()
        return cancel != nil
    }
}
