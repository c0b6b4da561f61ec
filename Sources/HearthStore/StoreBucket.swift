public import HearthProfile

/// The windows that begin in one stretch of time, added up.
public struct StoreBucket: Sendable {
    /// Nanoseconds since 1970 where the stretch begins, and its length. The profile has the time of its windows.
    public var startTime: Int64
    public var duration: Int64
    public var windows: Int
    /// The sum over the windows that said it; nil where none did.
    public var workUnits: Int64?
    public var profile: Profile
}
