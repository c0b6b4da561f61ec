internal import HearthLabels
public import Tracing

/// A span of another tracer, with a context that the profiler sees.
public struct ProfiledSpan: Span {
    /// The other tracer's span.
    public let base: any Span
    /// The base's, with the mark of this span.
    public let context: ServiceContext
    /// Nil when nothing is sampled in the span.
    private let profiled: (number: UInt64, source: TracedSpan)?

    /// A span as the other tracer made it.
    init(_ base: any Span) {
        self.base = base
        context = base.context
        profiled = nil
    }

    /// A span that has no slot of its own; with a mark when it has that of another value of the same span.
    init(_ base: any Span, marked mark: SpanMark?) {
        self.base = base
        profiled = nil
        var marked = base.context
        marked[SpanMark.Key.self] = mark
        context = marked
    }

    init(_ base: any Span, _ number: UInt64, _ source: TracedSpan) {
        self.base = base
        profiled = (number, source)
        var marked = base.context
        marked[SpanMark.Key.self] = SpanMark(number)
        context = marked
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        if let profiled, SpanSlots.wasSampled(profiled.number), let identity = profiled.source.identity {
            base.attributes["pyroscope.profile.id"] = identity.spanID
        }
        base.end(at: instant())
    }

    public var operationName: String {
        get { base.operationName }
        nonmutating set {
            base.operationName = newValue
            profiled?.source.rename(newValue)
        }
    }

    public var attributes: SpanAttributes {
        get { base.attributes }
        nonmutating set { base.attributes = newValue }
    }

    public var isRecording: Bool { base.isRecording }
    public func setStatus(_ status: SpanStatus) { base.setStatus(status) }
    public func addEvent(_ event: SpanEvent) { base.addEvent(event) }

    public func addLink(_ link: SpanLink) {
        // Without the mark, which would hold the slot of the other span as long as the tracer keeps this one.
        guard link.context[SpanMark.Key.self] != nil else { return base.addLink(link) }
        var context = link.context
        context[SpanMark.Key.self] = nil
        base.addLink(SpanLink(context: context, attributes: link.attributes))
    }

    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        base.recordError(error, attributes: attributes, at: instant())
    }
}
