/// Takes the windows of a process, to keep them or to send them somewhere.
///
/// What goes wrong is its own affair: it counts what it loses and logs it now and then. A profiler goes on without it.
public protocol ProfileExporter: Sendable {
    /// Where windows go, for the log: `store in /var/lib/hearth`. Secrets show as `***`.
    var destination: String { get }

    /// What became of windows so far, by name: `kept`, `sent`, `lost`. They only go up.
    var counts: [String: Int64] { get }

    /// Takes a window. Called for one after the other, in order, on a thread of Hearth's that is this exporter's alone: it may
    /// block. Windows wait meanwhile, thirty of them; then the oldest are lost, and counted.
    func export(_ window: ProfileWindow)

    /// No more windows come. Returns when what there is has been kept or sent, at the deadline in any case; called once.
    func finish(by deadline: ContinuousClock.Instant) async
}

extension ProfileExporter {
    public var counts: [String: Int64] { [:] }
}
