internal import HearthLabels
public import Tracing

/// Puts the span in force on samples: a tracer around another one, which does the tracing.
///
/// ```swift
/// InstrumentationSystem.bootstrap(ProfilingTracer(wrapping: tracer))
/// ```
/// Samples taken in `withSpan("checkout") { … }`, whoever calls it, carry the labels `trace_id`, `span_id` and
/// `span_name`, in the tasks that the body starts too. A span that was sampled gets the attribute `pyroscope.profile.id`
/// (its own id) when it ends, by which viewers of traces find its profile.
///
/// A span costs a little less than a microsecond more than the other tracer's own while a profiler runs. Ids are asked for
/// only where a sample was taken. 65,536 spans can be open at a time; those past that are counted and have no ids. What
/// runs in a span that the other tracer does not record belongs to the one around it. A span that was started by hand has
/// samples where its context is bound: `ServiceContext.withValue(span.context) { … }`.
///
/// Thread-safe.
public struct ProfilingTracer: Tracer {
    /// The tracer that does the tracing.
    public let base: any Tracer
    private let reader: IdentityReader
    private let readerForSpans: IdentityReader.Reference

    /// - Parameters:
    ///   - base: the tracer that does the tracing.
    ///   - identity: the ids of the span of a context. By default those that `base` writes into the headers of a request:
    ///     `traceparent` of W3C, or B3. Called on Hearth's own thread and where a sampled span ends.
    public init(wrapping base: any Tracer, identity: (@Sendable (ServiceContext) -> SpanIdentity?)? = nil) {
        self.base = base
        reader = IdentityReader(identity ?? { SpanIdentity.injected(by: base, $0) })
        readerForSpans = IdentityReader.Reference(reader)
        _ = SpanMark.isVisible
    }

    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> ProfiledSpan {
        let span = base.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line
        )
        guard SpanSlots.isSampling, SpanMark.isVisible, span.isRecording else { return ProfiledSpan(span) }
        let source = TracedSpan(operationName, span.context, readerForSpans)
        let number = SpanSlots.claim(source)
        // Without a slot it has no mark: its parent's would name the wrong span.
        return number == 0 ? ProfiledSpan(span, marked: nil) : ProfiledSpan(span, number, source)
    }

    public func activeSpan(identifiedBy context: ServiceContext) -> ProfiledSpan? {
        guard let span = base.activeSpan(identifiedBy: context) else { return nil }
        return ProfiledSpan(span, marked: context[SpanMark.Key.self])
    }

    @available(*, deprecated)
    public func forceFlush() { base.forceFlush() }

    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        base.extract(carrier, into: &context, using: extractor)
    }

    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        base.inject(context, into: &carrier, using: injector)
    }
}
