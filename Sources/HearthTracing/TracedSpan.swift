internal import HearthLabels
internal import Synchronization
internal import Tracing

/// What is asked for the ids of a span when a sample was taken in it. Kept by the span's slot.
///
/// It holds no more than it needs, neither the span nor the tracer: a tracer that keeps its spans' contexts, and with them
/// the marks of their parents, would be kept by the slots, and keep them.
final class TracedSpan: SpanSource {
    private let name: Mutex<String>
    private let context: ServiceContext
    private let reader: IdentityReader.Reference

    init(_ name: String, _ context: ServiceContext, _ reader: IdentityReader.Reference) {
        self.name = Mutex(name)
        self.context = context
        self.reader = reader
    }

    func rename(_ name: String) { self.name.withLock { $0 = name } }

    /// Nil when it has none, or its tracer is gone.
    var identity: SpanIdentity? { reader.reader?.read(context) }

    var labels: [String: String] {
        guard let identity else { return [:] }
        return ["trace_id": identity.traceID, "span_id": identity.spanID, "span_name": name.withLock { $0 }]
    }
}

/// How the ids of a context are found; lives as long as the tracer's wrapper.
final class IdentityReader: Sendable {
    let read: @Sendable (ServiceContext) -> SpanIdentity?

    init(_ read: @escaping @Sendable (ServiceContext) -> SpanIdentity?) { self.read = read }

    /// Shared by the spans of a tracer. Unchecked: it is never written after its making but by the runtime, which does that
    /// safely.
    final class Reference: @unchecked Sendable {
        private(set) weak var reader: IdentityReader?

        init(_ reader: IdentityReader) { self.reader = reader }
    }
}
