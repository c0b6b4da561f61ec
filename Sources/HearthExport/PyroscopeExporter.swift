package import HearthHTTP
package import HearthProfile
package import Logging
internal import Synchronization

/// Pushes windows to Pyroscope. What cannot be sent now waits in a spool, for this process or the next. Thread-safe.
package final class PyroscopeExporter: ProfileExporter {
    private let settings: PyroscopeSettings
    private let deliverer: Deliverer
    private let isOpen = Mutex(false)

    /// Nothing is started or opened before the first window.
    ///
    /// - Parameters:
    ///   - sender: what carries the requests; another one where the URL needs TLS.
    ///   - clock: what back-offs go by.
    ///   - random: of the back-offs, from 0 up to 1.
    package init(
        _ settings: PyroscopeSettings, sender: any HTTPSender = HTTPClient(), logger: Logger,
        clock: ExportClock = .system, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.settings = settings
        deliverer = Deliverer(
            Pusher(settings: settings, sender: sender), clock: clock, backOff: BackOff(random: random), logger: logger)
    }

    package var destination: String { "Pyroscope at \(settings.url)" }

    package var statistics: ExportStatistics { deliverer.statistics }

    package var counts: [String: Int64] {
        let statistics = statistics
        var counts = [
            "sent": statistics.sent, "bytes": statistics.bytes, "retried": statistics.retried,
            "spooled": statistics.spooled, "recovered": statistics.recovered, "lost": statistics.lostInAll,
        ]
        for (reason, count) in statistics.lost { counts["lost_\(reason.rawValue)"] = count }
        return counts.mapValues(Int64.init)
    }

    package func export(_ window: ProfileWindow) {
        openOnce()
        do {
            let requests = try PushRequests(window, labels: settings.labels)
            if requests.labelsLeftOut > 0 { deliverer.count { $0.labelsLeftOut += requests.labelsLeftOut } }
            for body in requests.bodies { deliverer.add(body) }
        } catch {
            deliverer.count { $0.lost[.unencodable, default: 0] += 1 }
        }
    }

    package func finish(by deadline: ContinuousClock.Instant) async { await deliverer.finish(by: deadline) }

    private func openOnce() {
        let isFirst = isOpen.withLock { isOpen in
            defer { isOpen = true }
            return !isOpen
        }
        if isFirst { deliverer.open() }
    }
}
