/// How the callers of a frame are found.
public enum Unwinder: String, Sendable, CaseIterable {
    /// By the unwind rows that compilers emit, read ahead of time into compact tables, and by the frame pointer where an
    /// address has none. Safe in a signal, and the default.
    case hybrid
    /// By frame pointers alone. Loses the caller of a leaf in libc, which keeps none.
    case framePointers = "frame-pointers"
    /// By libunwind, opened at run time. **Not signal-safe**: it takes the loader's lock and allocates on the first walk
    /// of each thread, so a program that calls `dlopen` while it is sampled can deadlock. For comparisons and tests.
    case libunwind
}

/// What is sampled, how often, and how much memory it may take.
public struct SamplingConfiguration: Sendable {
    /// Samples a second of CPU time that a thread uses, 1 to 4,000. The kernel fires CPU timers at its tick (250 a
    /// second on Debian), so a higher rate gives samples of a higher weight, not more of them.
    public var hertz: Int
    public var unwinder: Unwinder
    /// True keeps the physical callers of a task's code, the run loop of its thread, below its logical callers.
    public var keepsRunLoop: Bool
    /// Room for samples between two drains, in bytes; a power of two.
    public var ringSize: Int
    /// Length of a time block, in nanoseconds; blocks are joined two by two when a profile has more than 600.
    public var blockDuration: Int64
    /// Different stacks (counted as frames with their callers) that a profile keeps; what comes after stands under
    /// `[stack table full]` and is counted.
    public var stackLimit: Int

    public init(
        hertz: Int = 100, unwinder: Unwinder = .hybrid, keepsRunLoop: Bool = false, ringSize: Int = 1 << 20,
        blockDuration: Int64 = 1_000_000_000, stackLimit: Int = 400_000
    ) {
        self.hertz = hertz
        self.unwinder = unwinder
        self.keepsRunLoop = keepsRunLoop
        self.ringSize = ringSize
        self.blockDuration = blockDuration
        self.stackLimit = stackLimit
    }

    public static let hertzRange = 1...4_000

    /// Nanoseconds of CPU time that one weight stands for.
    var period: Int64 { 1_000_000_000 / Int64(hertz) }
}
