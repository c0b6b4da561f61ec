internal import CHearthSampler

/// Knows the labels of a span. Asked by the drain thread, and only when a sample was taken in the span.
package protocol SpanSource: AnyObject, Sendable {
    var labels: [String: String] { get }
}

/// Numbers for spans, which come by the thousand a second and so cannot be label sets that are kept for ever.
///
/// A number holds a slot of a fixed table and a generation. The slot is given back when the span is over and what was
/// sampled in it has been read; its next number is another. So a number that is out of date finds nothing, never the
/// labels of another span. Thread-safe and without locks.
package enum SpanSlots {
    /// Spans that can have samples at the same time.
    package static let count = Int(hearth_span_slots)

    /// A slot for a span that begins now, or 0, counted, when all are taken. Keeps `source` until the slot is given back.
    package static func claim(_ source: any SpanSource) -> UInt64 {
        let held = unsafe Unmanaged.passRetained(source as AnyObject)
        let number = unsafe hearth_span_claim(held.toOpaque())
        if number == 0 { unsafe held.release() }
        return number
    }

    /// Nothing can be sampled in the span any more.
    package static func end(_ number: UInt64) { unsafe release(hearth_span_end(number)) }

    /// Whether a sample was taken in the span; false when its slot is another's.
    package static func wasSampled(_ number: UInt64) -> Bool { hearth_span_was_sampled(number) }

    /// The labels of a span from which a sample has come; nil when the slot is another's. Drain thread only.
    package static func labels(_ number: UInt64) -> [String: String]? {
        guard let pointer = unsafe hearth_span_source(number) else { return nil }
        let source = unsafe Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
        return (source as? any SpanSource)?.labels
    }

    /// What came from the span so far has been read: if it is over, its slot is free. Drain thread only.
    package static func settle(_ number: UInt64) { unsafe release(hearth_span_settle(number)) }

    /// The same for all spans: before the first drain and after the last one.
    package static func settleAll() { unsafe hearth_spans_settle_all { unsafe SpanSlots.release($0) } }

    private static func release(_ source: UnsafeMutableRawPointer?) {
        guard let source = unsafe source else { return }
        unsafe Unmanaged<AnyObject>.fromOpaque(source).release()
    }

    /// Spans that found no slot, and samples of spans that were over, since the process began.
    package static var counters: (overflow: UInt64, stale: UInt64) {
        let counters = hearth_read_span_counters()
        return (counters.overflow, counters.stale)
    }

    /// Slots that are taken now. O(count).
    package static var taken: Int { Int(hearth_spans_taken()) }

    /// Whether a profiler runs, so that a slot has any use.
    package static var isSampling: Bool { hearth_is_running() }

    /// Tells the handler where marks are, by one that is known: `storage` is the storage of a context whose mark has the
    /// number `expected`. False, and no span is ever seen, when it is not found where it should be.
    package static func calibrate(
        contextKey: UnsafeRawPointer, markType: UnsafeRawPointer, storage: UnsafeRawPointer, expected: UInt64
    ) -> Bool {
        unsafe hearth_spans_calibrate(contextKey, markType, storage, expected)
    }

    /// The span that a handler on this thread would see now. For tests.
    package static var current: UInt64 { hearth_spans_current(false) }

    /// The same, by a handler that takes a sample. For tests.
    package static func sampleCurrent() -> UInt64 { hearth_spans_current(true) }
}
