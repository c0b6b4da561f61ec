internal import Dispatch

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Turns the first SIGINT or SIGTERM into a call; a second one ends the process as it does without us.
final class Interruption {
    private var sources: [any DispatchSourceSignal] = []
    private static let signals = [SIGINT, SIGTERM]

    init(_ interrupted: @escaping @Sendable () -> Void) {
        for number in Self.signals {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                Self.restore()
                interrupted()
            }
            source.activate()
            sources.append(source)
        }
    }

    /// Gives the signals back.
    func end() {
        for source in sources { source.cancel() }
        Self.restore()
    }

    private static func restore() {
        for number in signals { signal(number, SIG_DFL) }
    }
}
