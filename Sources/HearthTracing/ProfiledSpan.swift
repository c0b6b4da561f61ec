internal import HearthLabels
public import Tracing

/// A span of another tracer, with a context that the profiler sees.
public struct ProfiledSpan<Base: Span>: Span {
    /// The other tracer's span.
    public let base: Base
    /// The base's, with the mark of this span.
    public let context: ServiceContext
    private let source: TracedSpan<Base>?

    init(_ base: Base, _ mark: SpanMark?, _ source: TracedSpan<Base>?) {
        self.base = base
        self.source = source
        guard let mark else {
            context = base.context
            return
        }
        var marked = base.context
        marked[SpanMark.Key.self] = mark
        context = marked
    }

    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        if let source, let mark = context[SpanMark.Key.self], SpanSlots.wasSampled(mark.number),
            let identity = source.identity
        {
            base.attributes["pyroscope.profile.id"] = identity.spanID
        }
        base.end(at: instant())
    }

    public var operationName: String {
        get { base.operationName }
        nonmutating set { base.operationName = newValue }
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
