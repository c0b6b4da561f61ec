internal import Synchronization

/// A line on standard error that says how far a long step is, how fast it goes and how long it still takes.
///
/// It is drawn only when standard error is a terminal, at most ten times a second; in a pipe there is nothing at all.
/// Safe to use from several threads; a call between two drawings costs one lock and one look at the clock.
public final class ProgressBar: Sendable {
    private struct State {
        var done = 0
        var lastDrawn: ContinuousClock.Instant?
        var isFinished = false
    }

    private let label: String
    private let unit: String
    private let total: Int?
    private let isShown: Bool
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    private static let interval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - label: what is being done, such as `Ingesting`.
    ///   - total: units there are; nil when not known, and then there is no bar and no time left.
    ///   - unit: what is counted, in the plural, such as `documents`.
    public init(_ label: String, total: Int?, unit: String) {
        self.label = TerminalStyle.visible(label)
        self.unit = unit
        self.total = total
        isShown = StandardStream.error.isTerminal
    }

    /// Says that `done` units are done, all in all.
    public func update(_ done: Int) {
        guard isShown else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            state.done = done
            guard !state.isFinished else { return }
            if let last = state.lastDrawn, last.duration(to: now) < Self.interval { return }
            state.lastDrawn = now
            draw(line(done: done, at: now).rendered(columns: columns))
        }
    }

    /// Leaves a last line with count, time and rate. Later calls do nothing.
    public func finish() {
        guard isShown else { return }
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            draw(line(done: state.done, at: .now).finished(columns: columns) + "\n")
        }
    }

    /// Takes the line away, for a message that is to stand in its place; the next `update` draws it again.
    public func clear() {
        guard isShown else { return }
        state.withLock { state in
            guard !state.isFinished, state.lastDrawn != nil else { return }
            state.lastDrawn = nil
            draw("")
        }
    }

    private func line(done: Int, at now: ContinuousClock.Instant) -> ProgressLine {
        ProgressLine(label: label, unit: unit, done: done, total: total, elapsed: start.duration(to: now))
    }

    /// One less than the width, since a terminal may wrap on its last column.
    private var columns: Int { (StandardStream.error.columns ?? 80) - 1 }

    /// Carriage return, then erase to the end of the line after the text.
    private func draw(_ text: String) {
        let body = text.hasSuffix("\n") ? String(text.dropLast()) + "\u{1B}[K\n" : text + "\u{1B}[K"
        StandardStream.error.write("\r" + body)
    }
}
