internal import Synchronization

/// Bytes of columns in flight, and the most there were. Safe to use from many tasks.
final class MemoryGauge: Sendable {
    private let present = Atomic(0)
    private let highest = Atomic(0)
    /// Counts the same bytes among others.
    private let whole: MemoryGauge?

    init(within whole: MemoryGauge? = nil) { self.whole = whole }

    var bytes: Int { present.load(ordering: .relaxed) }
    var peak: Int { highest.load(ordering: .relaxed) }

    func add(_ bytes: Int) {
        let now = present.add(bytes, ordering: .relaxed).newValue
        if bytes > 0, now > highest.load(ordering: .relaxed) { highest.max(now, ordering: .relaxed) }
        whole?.add(bytes)
    }
}
