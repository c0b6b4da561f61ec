internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// The threads of servers and clients, one by default, started when the first of them asks. They are this object's own: an
/// event-loop group of the host is never used, nor its global one.
///
/// NIO ignores SIGPIPE in the process from the first socket on, as every service over NIO has it. It is not set back: another
/// user of NIO in the process relies on it. Thread-safe.
package final class HTTPEventLoops: Sendable {
    private enum State {
        case idle
        case running(MultiThreadedEventLoopGroup)
        case shutDown
    }

    private let threads: Int
    private let state = Mutex(State.idle)

    package init(threads: Int = 1) { self.threads = max(threads, 1) }

    /// Without `shutDown` the threads end when nobody holds the object.
    deinit {
        if case .running(let group) = state.withLock({ $0 }) { group.shutdownGracefully { _ in } }
    }

    /// Whether threads were started.
    package var isRunning: Bool {
        if case .running = state.withLock({ $0 }) { true } else { false }
    }

    /// Ends the threads; nothing is started afterwards. Connections that are open are closed.
    package func shutDown() async {
        let group: MultiThreadedEventLoopGroup? = state.withLock { state in
            defer { state = .shutDown }
            if case .running(let group) = state { return group }
            return nil
        }
        try? await group?.shutdownGracefully()
    }

    /// Nil after `shutDown`.
    func group() -> MultiThreadedEventLoopGroup? {
        state.withLock { state in
            switch state {
            case .idle:
                let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
                state = .running(group)
                return group
            case .running(let group): return group
            case .shutDown: return nil
            }
        }
    }
}
