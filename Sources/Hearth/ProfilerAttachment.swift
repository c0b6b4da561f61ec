/// What runs beside a profiler and ends with it: endpoints, say.
package protocol ProfilerAttachment: Sendable {
    /// For the line at start: `listens on unix:/run/hearth/recommender.17.sock`.
    var description: String { get }
    /// Called once, when the profiler runs. Returns at once.
    func begin(_ profiler: Profiler)
    /// Called once, when sampling has ended. Returns at the deadline in any case.
    func end(by deadline: ContinuousClock.Instant) async
}
