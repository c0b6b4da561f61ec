import Foundation
import HearthSampling
import HearthTracing
import Tracing

/// What a span costs more when its tracer is wrapped, beside the tracer alone: one that does as little as a tracer can.
struct SpansBench {
    private static let rounds = 150
    private static let turns = 2_000

    func run() async throws {
        let base = SmallTracer()
        let wrapped = ProfilingTracer(wrapping: base)
        await compare("spans.off", base, wrapped)
        let sampler = try Sampler.start(.init(hertz: 100))
        await sampler.ready()
        await compare("spans.cost", base, wrapped)
        await wrapped.withSpan("parent") { _ in await compare("spans.cost.nested", base, wrapped) }
        let statistics = await sampler.stop().statistics
        try await handlerTimes(in: wrapped)
        printFigure("spans.overflow", Double(statistics.spanOverflow), "spans")
        printFigure("spans.lost", Double(statistics.spansLost), "samples")
    }

    /// What the handler takes outside a span and in one. Some frames deep, as always.
    private func handlerTimes(in tracer: any Tracer) async throws {
        for inSpan in [false, true] {
            let sampler = try Sampler.start(.init(hertz: 1_000))
            await sampler.ready()
            var state: UInt64 = 1
            let work = {
                let end = processNanoseconds() + 8_000_000_000
                while processNanoseconds() < end { state = BusyWork.round(state) }
            }
            if inSpan { tracer.withSpan("busy") { _ in work() } } else { work() }
            precondition(state != 0)
            let times = await sampler.stop().statistics.handlerTimes
            let name = inSpan ? "spans.handler" : "spans.handler.outside"
            printFigure("\(name).median", times.percentile(0.5) ?? 0, "ns")
            printFigure("\(name).p90", times.percentile(0.9) ?? 0, "ns")
        }
    }

    private func compare(_ name: String, _ base: any Tracer, _ wrapped: any Tracer) async {
        var (ours, bare) = ([Double](), [Double]())
        for _ in 0..<Self.rounds {
            let first = await block(wrapped)
            let second = await block(base)
            let third = await block(base)
            let fourth = await block(wrapped)
            ours.append((first + fourth) / 2)
            bare.append((second + third) / 2)
        }
        let cost = zip(ours, bare).map { $0 - $1 }.medianWithInterval
        printFigure(name, cost.median, "ns", digits: 1)
        printFigure("\(name).low", cost.low, "ns", digits: 1)
        printFigure("\(name).high", cost.high, "ns", digits: 1)
        printFigure("\(name).bare", bare.medianWithInterval.median, "ns", digits: 1)
    }

    /// As `withSpan` calls the tracer of the process.
    private func block(_ tracer: any Tracer) async -> Double {
        let start = processNanoseconds()
        for turn in 0..<Self.turns { await tracer.withSpan("work") { _ in await LabelledWork.stepAsync(turn) } }
        return Double(processNanoseconds() - start) / Double(Self.turns)
    }
}

/// Ids in the context, as every tracer has them, and nothing kept.
private struct SmallTracer: Tracer {
    struct IDs: Sendable {
        var trace: (UInt64, UInt64)
        var span: UInt64
    }

    enum Key: ServiceContextKey {
        typealias Value = IDs
    }

    struct Span: Tracing.Span {
        let context: ServiceContext
        var operationName: String {
            get { "" }
            nonmutating set {}
        }
        var attributes: SpanAttributes {
            get { [:] }
            nonmutating set {}
        }
        var isRecording: Bool { true }
        func setStatus(_ status: SpanStatus) {}
        func addEvent(_ event: SpanEvent) {}
        func addLink(_ link: SpanLink) {}
        func recordError<Instant: TracerInstant>(
            _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
        ) {}
        func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {}
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> Span {
        var context = context()
        let parent = context[Key.self]
        context[Key.self] = IDs(trace: parent?.trace ?? (1, 2), span: (parent?.span ?? 0) &+ 1)
        return Span(context: context)
    }

    @available(*, deprecated)
    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let ids = context[Key.self] else { return }
        func hexadecimal(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        injector.inject(
            "00-\(hexadecimal(ids.trace.0))\(hexadecimal(ids.trace.1))-\(hexadecimal(ids.span))-01",
            forKey: "traceparent", into: &carrier)
    }
}
