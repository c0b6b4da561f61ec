/// How what was sampled is handed on while sampling goes on.
///
/// Windows follow one another without a gap; a window is one slice, or several where somebody had it cut.
public struct Slicing: Sendable {
    /// Nanoseconds; a window ends up to a second late when the machine is busy.
    public var windowDuration: Int64
    /// Called on Hearth's own thread, which takes no samples out of the ring meanwhile: it shall only pass the slice on.
    public var take: @Sendable (Slice) -> Void

    public init(windowDuration: Int64, take: @escaping @Sendable (Slice) -> Void) {
        self.windowDuration = max(windowDuration, Self.shortestWindow)
        self.take = take
    }

    /// A tenth of a second: the drain thread does nothing but to close windows of less.
    public static let shortestWindow: Int64 = 100_000_000
}

/// What was sampled from the end of the slice before on.
public struct Slice: Sendable {
    /// Addresses in place of names; the account of this slice alone.
    public var result: Sampler.Result
    public var endsWindow: Bool
    /// Sampling has ended.
    public var isLast: Bool
}

/// Where the open slice and its window began, and when the window ends. Times are those of the monotonic clock.
struct OpenSlice {
    private(set) var start: Int64
    private(set) var endsAt: Int64
    /// As they were when the slice began.
    private(set) var statistics = SamplingStatistics()
    private let duration: Int64

    /// - Parameter duration: of a window, nanoseconds; 0 for no windows.
    init(start: Int64, duration: Int64) {
        self.start = start
        self.duration = duration
        endsAt = duration == 0 ? .max : start + duration
    }

    mutating func next(start: Int64, _ statistics: SamplingStatistics, endsWindow: Bool) {
        self.start = start
        self.statistics = statistics
        if endsWindow, duration > 0 {
            // The next ones end where they would have, unless the machine stood still for longer than a window.
            let onTime = endsAt + duration
            endsAt = endsAt <= start && onTime > start ? onTime : start + duration
        }
    }
}
