internal import Logging
internal import Synchronization

/// A log that says what goes wrong once a minute at most: an outage goes on for as long as it does. Thread-safe.
final class MinuteLog: Sendable {
    private let logger: Logger
    private let clock: ExportClock
    private let last = Mutex<Duration?>(nil)

    init(_ logger: Logger, clock: ExportClock) {
        self.logger = logger
        self.clock = clock
    }

    func warn(_ text: @autoclosure () -> String) {
        let now = clock.now()
        let isDue = last.withLock { last in
            if let last, now - last < .seconds(60) { return false }
            last = now
            return true
        }
        if isDue { logger.warning("\(text())") }
    }
}
