/// How long to wait after failures in a row: from half a second, doubled each time, to five minutes; a random part of it, so
/// that the services of a machine do not all come back at once.
struct BackOff: Sendable {
    /// From 0 up to 1.
    var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    static let shortest: Duration = .milliseconds(500)
    static let longest: Duration = .seconds(300)

    /// - Parameter failures: from 1 up.
    func wait(after failures: Int) -> Duration {
        let full = failures > 10 ? Self.longest : min(Self.shortest * (1 << max(failures - 1, 0)), Self.longest)
        return full * (0.5 + random() / 2)
    }
}
