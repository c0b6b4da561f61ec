internal import Synchronization

/// What a service has done: requests, documents, …. With it two versions are compared by what a unit of work costs, however
/// many there were.
///
/// ```swift
/// profiler.work.increment()
/// ```
/// Thread-safe and lock-free.
public final class WorkCounter: Sendable {
    private let units = Atomic<Int64>(0)

    init() {}

    /// Counts units of work that are done. Negative ones count nothing.
    public func increment(by count: Int64 = 1) {
        if count > 0 { units.wrappingAdd(count, ordering: .relaxed) }
    }

    /// Units since the profiler was started.
    public var total: Int64 { units.load(ordering: .relaxed) }
}
