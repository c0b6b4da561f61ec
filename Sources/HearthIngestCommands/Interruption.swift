internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Turns the first SIGINT or SIGTERM into a call; a second one ends the process as it does without us.
final class Interruption {
    private var sources: [any DispatchSourceSignal] = []
    private let arrival = Arrival()
    private static let signals = [SIGINT, SIGTERM]

    init() {
        for number in Self.signals {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { [arrival] in
                Self.restore()
                arrival.happen()
            }
            source.activate()
            sources.append(source)
        }
    }

    /// Calls `body` when the signal comes, or at once where it has come already.
    func then(_ body: @escaping @Sendable () -> Void) { arrival.then(body) }

    /// Gives the signals back.
    func end() {
        for source in sources { source.cancel() }
        Self.restore()
    }

    private static func restore() {
        for number in signals { signal(number, SIG_DFL) }
    }
}

/// Something that happens once, and what is to be done then.
private final class Arrival: Sendable {
    private enum State: Sendable {
        case awaited((@Sendable () -> Void)?)
        case happened
    }

    private let state = Mutex(State.awaited(nil))

    func then(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            guard case .awaited = state else { return true }
            state = .awaited(body)
            return false
        }
        if isLate { body() }
    }

    func happen() {
        let body = state.withLock { state -> (@Sendable () -> Void)? in
            guard case .awaited(let body) = state else { return nil }
            state = .happened
            return body
        }
        body?()
    }
}
