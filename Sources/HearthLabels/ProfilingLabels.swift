/// Labels that samples carry, such as `endpoint=/search`. Made once and reused: making one takes a lock, binding it with
/// ``withProfilingLabels(_:_:)-(_,()->R)`` does not.
public struct ProfilingLabels: Hashable, Sendable {
    /// The number under which the set is known; 0 is the empty set.
    let identifier: UInt64

    /// Registers the set if it is new. O(labels).
    ///
    /// 65,536 different sets are kept, those that nesting makes included; a set past that labels nothing and is counted
    /// in the statistics, so values without bound (a user's id) do not belong here. Spans have a way of their own:
    /// `ProfilingTracer` of `HearthTracing`.
    public init(_ labels: [String: String]) {
        CurrentLabels.publish()
        identifier = LabelRegistry.intern(labels)
    }

    /// The labels by name.
    public var labels: [String: String] { LabelRegistry.labels(identifier) }
}
