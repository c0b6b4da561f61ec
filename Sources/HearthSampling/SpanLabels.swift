internal import HearthLabels
internal import HearthProfile

/// Labels of the spans whose samples come in. A slot is given back after the drain that met it, and a sample that was on
/// its way then comes in with the next drain: so what one drain learnt is kept to the end of the next.
struct SpanLabels {
    private var now: [UInt64: [String: LabelValue]] = [:]
    private var before: [UInt64: [String: LabelValue]] = [:]

    /// Nil when the span's slot is another's.
    mutating func labels(_ span: UInt64) -> [String: LabelValue]? {
        if let known = now[span] { return known }
        guard let found = before[span] ?? SpanSlots.labels(span)?.mapValues({ LabelValue.text($0) }) else { return nil }
        now[span] = found
        return found
    }

    /// Ends a drain.
    mutating func settle() {
        for span in now.keys { SpanSlots.settle(span) }
        before = now
        now.removeAll(keepingCapacity: now.count < 1_000)
    }
}
