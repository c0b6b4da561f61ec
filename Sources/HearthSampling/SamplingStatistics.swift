/// The sampler's account of itself since it was started.
public struct SamplingStatistics: Sendable, Hashable {
    /// Samples that reached the profile, and the clock periods they stand for.
    public var samples: UInt64 = 0
    public var weight: UInt64 = 0
    /// Samples that were dropped: no room in the ring, too many handlers at once, a signal after stop; and the clock
    /// periods they stood for.
    public var lost: UInt64 = 0
    public var lostWeight: UInt64 = 0
    /// Stacks deeper than 512 frames, whose middle is missing.
    public var truncated: UInt64 = 0
    /// Stacks whose root end is missing: an address without a rule, or a stack that could not be read.
    public var incomplete: UInt64 = 0
    /// Stacks of tasks that show the logical callers, and those of async functions where they could not be followed.
    public var asyncStacks: UInt64 = 0
    public var brokenAsyncStacks: UInt64 = 0
    /// Loads that a probe refused.
    public var faultsAvoided: UInt64 = 0
    /// Stacks that the full table sent to `[stack table full]`.
    public var stackOverflow: UInt64 = 0
    /// Label sets that found no room.
    public var labelOverflow: UInt64 = 0
    /// Spans that were open at a time when all slots for spans were taken, and samples whose span could not be told:
    /// it was over, or the profile had too many rows.
    public var spanOverflow: UInt64 = 0
    public var spansLost: UInt64 = 0
    /// Rows whose labels were given up because there were too many different ones.
    public var rowOverflow: UInt64 = 0
    /// Threads that block SIGPROF, and so cannot be sampled.
    public var threadsBlocked: UInt64 = 0
    /// Threads sampled now, and threads that got no clock.
    public var threads: UInt64 = 0
    public var threadsRefused: UInt64 = 0
    /// Time in the handler, in all and how it was spread, and CPU time of the drain thread, nanoseconds.
    public var handlerNanoseconds: UInt64 = 0
    public var handlerTimes = HandlerTimes()
    public var drainNanoseconds: UInt64 = 0
    /// CPU time of the whole process while it was sampled, Hearth's own thread left out, nanoseconds.
    public var processNanoseconds: UInt64 = 0
    /// Bytes of unwind rows and of ranges of async functions in memory.
    public var tableBytes: UInt64 = 0
    /// The same with the ring and the profile, the profile by estimate.
    public var memoryBytes: UInt64 = 0

    public init() {}

    /// Sampled CPU time ÷ used CPU time; 1 is perfect, and chance alone moves it by about 1/√samples.
    public func coverage(period: Int64) -> Double? {
        processNanoseconds == 0 ? nil : Double(weight) * Double(period) / Double(processNanoseconds)
    }
}
