/// The sampler's account of itself since it was started.
public struct SamplingStatistics: Sendable, Hashable {
    /// Samples that reached the profile, and the CPU time and wall time that they stand for, in nanoseconds.
    public var samples: UInt64 = 0
    public var cpuNanoseconds: UInt64 = 0
    public var wallNanoseconds: UInt64 = 0
    /// Samples that were dropped (no room in the ring or on the stack, too many handlers at once, a signal after stop), and
    /// the time that they stood for.
    public var lost: UInt64 = 0
    public var lostNanoseconds: UInt64 = 0
    /// Stacks deeper than 512 frames, whose middle is missing.
    public var truncated: UInt64 = 0
    /// Stacks whose root end is missing: an address without a rule, or a stack that could not be read.
    public var incomplete: UInt64 = 0
    /// Stacks of tasks that show the logical callers, and those of async functions where they could not be followed.
    public var asyncStacks: UInt64 = 0
    public var brokenAsyncStacks: UInt64 = 0
    /// System calls that answered `EINTR` because a sample was taken in them.
    public var interruptedCalls: UInt64 = 0
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
    /// Threads that are sampled, that block SIGPROF and so cannot be, and that have not yet answered the wall clock; now.
    public var threads: UInt64 = 0
    public var threadsBlocked: UInt64 = 0
    public var threadsUnanswered: UInt64 = 0
    /// Threads that got no clock.
    public var threadsRefused: UInt64 = 0
    /// Samples a second of CPU time now, and how often the limit of the cost has changed that.
    public var hertz = 0.0
    public var rateChanges: UInt64 = 0
    /// Time in the handler, in all and how it was spread, and CPU time of the drain thread, nanoseconds.
    public var handlerNanoseconds: UInt64 = 0
    public var handlerTimes = HandlerTimes()
    public var drainNanoseconds: UInt64 = 0
    /// CPU time of the whole process while it was sampled, Hearth's own thread left out, nanoseconds.
    public var processNanoseconds: UInt64 = 0
    /// Memory: unwind rows and ranges of async functions; the ring, the handlers' room and their caches. Bytes.
    public var tableBytes: UInt64 = 0
    /// Object files whose functions without an unwind table are still to be read, after a start or a `dlopen`: until then their
    /// callers are found by frame pointer.
    public var unreadFiles: UInt64 = 0
    public var bufferBytes: UInt64 = 0
    /// What the profile takes, by estimate.
    public var profileBytes: UInt64 = 0

    public init() {}

    /// Delivery of a signal and return from it, which no handler sees: 1.4 to 3 µs where it was measured.
    package static let deliveryNanoseconds: UInt64 = 2_000

    /// Sampled CPU time ÷ used CPU time; 1 is perfect, and chance alone moves it by about 1/√samples. Nothing is scaled to
    /// make it fit. Nil when CPU time was not sampled.
    public var coverage: Double? {
        processNanoseconds == 0 || cpuNanoseconds == 0 ? nil : Double(cpuNanoseconds) / Double(processNanoseconds)
    }
}
