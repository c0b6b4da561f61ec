/// The samples of one stretch of a process's time, on their way to what keeps or sends them.
///
/// The windows of a process follow one another without a gap.
public struct ProfileWindow: Sendable {
    /// With `startTime` and `duration`, and with names; build-ids and addresses are kept beside them.
    public var profile: Profile
    /// Goes up by one with every window of a run; one that is missing was lost.
    public var sequence: UInt64
    /// Labels that hold for all samples: `service`, `host`, `pid`, and `version`, `commit` and others where they are known.
    public var process: [String: String]
    /// Nanoseconds since 1970.
    public var processStartTime: Int64
    /// What the process says that it has done in this time: requests, documents, …; nil where it counts nothing.
    public var workUnits: Int64?

    public init(
        profile: Profile, sequence: UInt64, process: [String: String], processStartTime: Int64 = 0,
        workUnits: Int64? = nil
    ) {
        self.profile = profile
        self.sequence = sequence
        self.process = process
        self.processStartTime = processStartTime
        self.workUnits = workUnits
    }
}
