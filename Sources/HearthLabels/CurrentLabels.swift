internal import CHearthSampler

/// The number of the label set in force. A task-local value: child tasks inherit it, and it stays right over
/// suspensions and thread hops.
@usableFromInline
enum CurrentLabels {
    /// The handler finds the value by the address of this object. Not by the macro, whose binding inlined code cannot use.
    @usableFromInline static let identifier = TaskLocal<UInt64>(wrappedValue: 0)

    /// Makes the object known to C, which reads what is bound under it. Before anything is bound: by the first set of labels.
    static func publish() {
        unsafe hearth_labels_set_key(unsafeBitCast(identifier, to: UnsafeRawPointer.self))
    }

    /// What a scope of `labels` has to bind here: them inside what is in force now. 0 when nothing is to be bound,
    /// because nothing samples or there are no labels.
    @usableFromInline
    static func toBind(_ labels: ProfilingLabels) -> UInt64 {
        let known = hearth_labels_to_bind(labels.identifier)
        return known != .max ? known : join(labels.identifier)
    }

    /// The first time that these two meet, or the first time since others took their place in the cache.
    @inline(never)
    private static func join(_ inner: UInt64) -> UInt64 {
        let outer = hearth_labels_bound()
        let joined = LabelRegistry.join(outer, inner)
        hearth_labels_remember_join(outer, inner, joined)
        return joined
    }
}
