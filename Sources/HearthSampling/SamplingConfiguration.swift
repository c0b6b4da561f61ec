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

/// Which time is sampled; both can be on together.
public struct SampledTime: OptionSet, Sendable, Hashable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// CPU time that each thread uses: where the processor is busy.
    public static let cpu = SampledTime(rawValue: 1)
    /// Time that passes for each thread, running or waiting (label `state`): what a request waits for. A wait that a
    /// signal meets goes on for most system calls; `poll`, `epoll_wait`, `select` and `nanosleep` return `EINTR`, once a wait.
    public static let wall = SampledTime(rawValue: 2)
}

/// What tells that a thread has used CPU time.
public enum CPUClock: String, Sendable, CaseIterable {
    /// Timers; for rates above the kernel's tick perf events, where the kernel grants them.
    case automatic
    /// A POSIX timer on each thread's CPU clock. Fires at the kernel's tick, 250 a second on Debian; what lies between two
    /// ticks is weight. Costs a thread nothing when it is switched.
    case timer
    /// A perf software event on each thread: as fine as asked. Takes a descriptor a thread, and costs each thread about a
    /// microsecond whenever it is switched. Without privilege it cannot shoot inside a system call, whose time is counted behind it; the profile says so.
    case perf
}

/// What is sampled, how often, and how much memory it may take.
public struct SamplingConfiguration: Sendable {
    public var times: SampledTime
    /// Samples a second of CPU time that a thread uses, 1 to 4,000.
    public var hertz: Int
    /// Samples a second of the wall clock for each thread, 1 to 1,000. A thread that waits costs no signal.
    public var wallHertz: Int
    public var clock: CPUClock
    public var unwinder: Unwinder
    /// True keeps the physical callers of a task's code, the run loop of its thread, below its logical callers.
    public var keepsRunLoop: Bool
    /// Share of the process's CPU time that sampling may take; above it the rates go down, and the profile says so. Nil for
    /// no limit.
    public var costLimit: Double?
    /// Room for samples between two drains, in bytes; a power of two.
    public var ringSize: Int
    /// Length of a time block, in nanoseconds; blocks are joined two by two when a profile has more than 600.
    public var blockDuration: Int64
    /// Different stacks (counted as frames with their callers) that a profile keeps; what comes after stands under
    /// `[stack table full]` and is counted.
    public var stackLimit: Int

    public init(
        hertz: Int = 100, times: SampledTime = .cpu, wallHertz: Int = 20, clock: CPUClock = .automatic,
        unwinder: Unwinder = .hybrid, keepsRunLoop: Bool = false, costLimit: Double? = 0.01, ringSize: Int = 1 << 20,
        blockDuration: Int64 = 1_000_000_000, stackLimit: Int = 400_000
    ) {
        self.hertz = hertz
        self.times = times
        self.wallHertz = wallHertz
        self.clock = clock
        self.unwinder = unwinder
        self.keepsRunLoop = keepsRunLoop
        self.costLimit = costLimit
        self.ringSize = ringSize
        self.blockDuration = blockDuration
        self.stackLimit = stackLimit
    }

    public static let hertzRange = 1...4_000
    public static let wallHertzRange = 1...1_000

    /// Nanoseconds of CPU time between two samples, as asked.
    var period: Int64 { 1_000_000_000 / Int64(hertz) }
    var wallPeriod: Int64 { 1_000_000_000 / Int64(wallHertz) }
}

extension ClosedRange where Bound == Int {
    /// The number of the range that is closest.
    package func nearest(to number: Int) -> Int { Swift.min(Swift.max(number, lowerBound), upperBound) }
}
