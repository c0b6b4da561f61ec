import Foundation
import HearthLabels
import HearthProfile
import HearthSampling
import HearthSymbols
import InMemoryTracing
import Synchronization
import Testing
import Tracing

@testable import HearthTracing

extension SamplerTests {
    /// One after the other with all that sample: there is one sampler a process.
    @Suite(.serialized) struct ProfilingTracerTests {
        private func tracer() -> (ProfilingTracer, InMemoryTracer) {
            let base = InMemoryTracer(recordInjections: false, recordExtractions: false)
            let wrapped = ProfilingTracer(wrapping: base) { context in
                context.inMemorySpanContext.map { SpanIdentity(traceID: $0.traceID, spanID: $0.spanID) }
            }
            return (wrapped, base)
        }

        private func whileSampling<Value>(
            hertz: Int = 250, _ body: () async throws -> Value
        ) async throws -> (Value, Sampler.Result) {
            let sampler = try Sampler.start(.init(hertz: hertz, costLimit: nil))
            await sampler.ready()
            #expect(await LabelCalibration.calibrateTask())
            let value = try await body()
            return (value, await sampler.stop())
        }

        @Test func marksAreFoundInContextsOfAnySize() {
            #expect(SpanMark.isVisible)
        }

        @Test func samplesCarryTheSpanTheyWereTakenIn() async throws {
            let (tracer, base) = tracer()
            let (_, result) = try await whileSampling {
                await Task.detached {
                    await tracer.withSpan("outer") { _ in
                        Work.outer(0.3)
                        await tracer.withSpan("inner") { _ in
                            await Task.yield()
                            Work.inner(0.3)
                            // A task of its own, and more in the context.
                            await withTaskGroup(of: Void.self) { group in
                                group.addTask {
                                    var context = ServiceContext.current ?? .topLevel
                                    context[Baggage.self] = "more"
                                    await ServiceContext.withValue(context) {
                                        await Task.yield()
                                        Work.inner(0.2)
                                    }
                                }
                            }
                        }
                        Work.outer(0.2)
                    }
                    Work.none(0.3)
                }.value
            }
            let finished = base.finishedSpans
            let outer = try #require(finished.first { $0.operationName == "outer" })
            let inner = try #require(finished.first { $0.operationName == "inner" })
            #expect(inner.parentSpanID == outer.spanID && inner.traceID == outer.traceID)
            let samples = Samples(result)
            #expect(samples.count("Work.outer", ["span_id": outer.spanID]) > 50, "\(result.statistics)")
            #expect(samples.count("Work.inner", ["span_id": inner.spanID, "trace_id": inner.traceID]) > 50)
            #expect(samples.count("Work.inner", ["span_name": "inner"]) > 50)
            #expect(samples.count("Work.none", [:]) > 30)
            for entry in samples.entries {
                if entry.names.contains("Work.outer") { #expect(entry.labels["span_id"] == outer.spanID) }
                if entry.names.contains("Work.inner") { #expect(entry.labels["span_id"] == inner.spanID) }
                if entry.names.contains("Work.none") { #expect(entry.labels["span_id"] == nil) }
            }
            #expect(result.statistics.spansLost == 0 && result.statistics.spanOverflow == 0)
            for span in [outer, inner] {
                #expect(span.attributes.get("pyroscope.profile.id") == .string(span.spanID))
            }
        }

        @Test func labelsOfScopesStandBesideThoseOfSpans() async throws {
            let (tracer, base) = tracer()
            let labels = ProfilingLabels(["endpoint": "/search"])
            let (_, result) = try await whileSampling {
                await Task.detached {
                    await withProfilingLabels(labels) {
                        await tracer.withSpan("search") { _ in
                            await Task.yield()
                            Work.inner(0.3)
                        }
                    }
                }.value
            }
            let id = try #require(base.finishedSpans.first?.spanID)
            #expect(Samples(result).count("Work.inner", ["endpoint": "/search", "span_id": id]) > 30)
        }

        @Test func spansOutsideTasksAreSeen() async throws {
            let (tracer, base) = tracer()
            let (_, result) = try await whileSampling {
                let done = Mutex(false)
                await withCheckedContinuation { continuation in
                    Thread {
                        tracer.withSpan("thread") { _ in Work.inner(0.3) }
                        done.withLock { $0 = true }
                        continuation.resume()
                    }.start()
                }
            }
            let id = try #require(base.finishedSpans.first?.spanID)
            #expect(Samples(result).count("Work.inner", ["span_id": id]) > 30)
        }

        @Test func spansThatNobodySamplesAreLeftAlone() async throws {
            let (tracer, base) = tracer()
            tracer.withSpan("off") { span in
                #expect(span.context[SpanMark.Key.self] == nil)
                #expect(span.context.inMemorySpanContext != nil)
            }
            #expect(base.finishedSpans.first?.attributes.isEmpty == true)
            let (_, _) = try await whileSampling {
                let silent = ProfilingTracer(wrapping: NoOpTracer())
                silent.withSpan("not recorded") { #expect($0.context[SpanMark.Key.self] == nil) }
            }
        }

        private final class Canary: Sendable {}

        @Test func nothingOfASpanIsKept() async throws {
            for sampled in [false, true] {
                weak var canary: Canary?
                do {
                    let object = Canary()
                    canary = object
                    let (_, base) = self.tracer()
                    let tracer = ProfilingTracer(wrapping: base) { context in
                        withExtendedLifetime(object) { SpanIdentity(traceID: "t", spanID: "s") }
                    }
                    let (seen, result) = try await whileSampling {
                        await Task.detached {
                            await tracer.withSpan("outer") { _ in
                                await tracer.withSpan("inner") { span in
                                    await Task.yield()
                                    span.operationName = "renamed"
                                    if sampled { Work.inner(0.2) }
                                    return span.context[SpanMark.Key.self].map { SpanSlots.wasSampled($0.number) }
                                }
                            }
                        }.value
                    }
                    #expect(seen == sampled)
                    #expect((Samples(result).count("Work.inner", ["span_name": "renamed"]) > 20) == sampled)
                }
                #expect(canary == nil, "sampled: \(sampled)")
            }
            #expect(SpanSlots.taken == 0)
        }

        @Test func linksHoldNoSlot() async throws {
            let (tracer, base) = tracer()
            _ = try await whileSampling {
                tracer.withSpan("first") { first in
                    tracer.withSpan("second") { second in
                        second.addLink(first)
                        #expect(second.context[SpanMark.Key.self] != nil)
                    }
                }
            }
            let link = try #require(base.finishedSpans.first { $0.operationName == "second" }?.links.first)
            #expect(link.context[SpanMark.Key.self] == nil && link.context.inMemorySpanContext != nil)
        }

        @Test func errorsReachTheSpan() async throws {
            struct Refused: Error {}
            let (tracer, base) = tracer()
            _ = try await whileSampling {
                #expect(throws: Refused.self) {
                    try tracer.withSpan("refused") { span in
                        span.attributes["key"] = "value"
                        span.addEvent("event")
                        throw Refused()
                    }
                }
            }
            let span = try #require(base.finishedSpans.first)
            #expect(span.errors.count == 1 && span.status?.code == .error && span.events.count == 1)
            #expect(span.attributes.get("key") == .string("value"))
        }

        /// The slot of a span serves again, and a number that is out of date finds nothing.
        @Test func aHundredThousandSpansShareTheSlots() async throws {
            let (tracer, base) = tracer()
            let (wrong, result) = try await whileSampling(hertz: 1_000) {
                await withTaskGroup(of: Int.self) { group in
                    for worker in 0..<4 {
                        group.addTask {
                            var wrong = 0
                            for turn in 0..<25_000 {
                                let name = "\(worker).\(turn)"
                                await tracer.withSpan(name) { span in
                                    let number = SpanSlots.current
                                    if span.context[SpanMark.Key.self]?.number != number || number == 0 { wrong += 1 }
                                    if turn % 16 == 0 { await Task.yield() }
                                    Work.named(name, rounds: 20)
                                    if SpanSlots.current != number { wrong += 1 }
                                }
                                if turn % 1_000 == 999, worker == 0 { base.clearFinishedSpans() }
                            }
                            return wrong
                        }
                    }
                    return await group.reduce(0, +)
                }
            }
            #expect(wrong == 0)
            #expect(result.statistics.spanOverflow == 0, "slots come back")
            let samples = Samples(result).entries.filter { $0.labels["span_id"] != nil }
            #expect(samples.count > 50)
            // Ids are handed out in order, one a span: a sample's id names one span only.
            var names: [String: Set<String>] = [:]
            for entry in samples {
                names[entry.labels["span_id"] ?? "", default: []].insert(entry.labels["span_name"] ?? "")
            }
            #expect(names.values.allSatisfy { $0.count == 1 })
            base.clearFinishedSpans()
            #expect(SpanSlots.taken == 0)
        }

        @Test func whatFindsNoSlotIsCounted() async throws {
            let (tracer, _) = tracer()
            let (unmarked, result) = try await whileSampling {
                var held: [ServiceContext] = []
                var unmarked = 0
                for _ in 0..<(SpanSlots.count + 100) {
                    let span = tracer.startSpan("held", context: .topLevel, ofKind: .internal)
                    if span.context[SpanMark.Key.self] == nil { unmarked += 1 }
                    held.append(span.context)
                    span.end()
                }
                return unmarked
            }
            #expect(unmarked >= 100)
            #expect(result.statistics.spanOverflow == UInt64(unmarked))
            // And when those are gone, there is room again.
            let (marked, _) = try await whileSampling {
                tracer.startSpan("free", context: .topLevel, ofKind: .internal).context[SpanMark.Key.self] != nil
            }
            #expect(marked)
        }
    }

    /// The slots themselves, without a sampler.
    @Suite(.serialized) struct SpanSlotsTests {
        private final class Source: SpanSource {
            let labels: [String: String]
            let released: @Sendable () -> Void
            init(_ name: String, released: @escaping @Sendable () -> Void = {}) {
                labels = ["name": name]
                self.released = released
            }
            deinit { released() }
        }

        private final class Count: Sendable {
            let value = Atomic(0)
            func add() { value.add(1, ordering: .relaxed) }
            var now: Int { value.load(ordering: .relaxed) }
        }

        init() { _ = SpanMark.isVisible }

        @Test func aNumberThatIsOutOfDateFindsNothing() {
            let count = Count()
            var old: [UInt64] = []
            for turn in 0..<(3 * SpanSlots.count) {
                let number = SpanSlots.claim(Source("\(turn)") { count.add() })
                #expect(number != 0)
                SpanSlots.end(number)
                if turn < 1_000 { old.append(number) }
            }
            #expect(count.now == 3 * SpanSlots.count, "every source is released once")
            #expect(Set(old).count == old.count)
            for number in old {
                #expect(SpanSlots.labels(number) == nil && !SpanSlots.wasSampled(number))
                SpanSlots.end(number)
                SpanSlots.settle(number)
            }
            #expect(count.now == 3 * SpanSlots.count)
        }

        @Test func aSampledSpanKeepsItsSourceUntilItIsRead() async {
            #expect(await LabelCalibration.calibrateTask())
            let count = Count()
            let number = SpanSlots.claim(Source("read me") { count.add() })
            #expect(SpanSlots.labels(number) == nil, "nothing was sampled")
            var context = ServiceContext.topLevel
            do {
                // The mark ends the span when its last copy goes.
                context[SpanMark.Key.self] = SpanMark(number)
                ServiceContext.withValue(context) {
                    #expect(SpanSlots.sampleCurrent() == number)
                }
            }
            #expect(SpanSlots.wasSampled(number))
            context = .topLevel
            #expect(count.now == 0)
            #expect(SpanSlots.labels(number) == ["name": "read me"])
            SpanSlots.settle(number)
            #expect(count.now == 1 && SpanSlots.labels(number) == nil)
        }
    }
}

private enum Baggage: ServiceContextKey {
    typealias Value = String
}

/// Work whose frames tell where it was.
private enum Work {
    @inline(never) static func outer(_ seconds: Double) { burn(seconds) }
    @inline(never) static func inner(_ seconds: Double) { burn(seconds) }
    @inline(never) static func none(_ seconds: Double) { burn(seconds) }

    @inline(never) static func named(_ name: String, rounds: Int) {
        var state = UInt64(name.utf8.count) | 1
        for _ in 0..<(rounds * 100) { state = state &* 6_364_136_223_846_793_005 &+ 1 }
        precondition(state != 0)
    }

    @inline(never) static func burn(_ seconds: Double) {
        let end = now() + seconds
        repeat { named("burn", rounds: 5) } while now() < end
    }

    private static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

private struct Samples {
    struct Entry {
        var names: Set<String>
        var labels: [String: String]
        var samples: Int64
    }
    var entries: [Entry]

    init(_ result: Sampler.Result) {
        let profile = Symbolizer().symbolize(result.profile).hidingThunks()
        entries = profile.samples.enumerated().map { row, sample in
            let frames = profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }
            return Entry(
                names: Set(frames.map { String($0.prefix { $0 != "(" }).replacing("HearthSamplingTests.", with: "") }),
                labels: profile.labels[sample.labels].mapValues(\.description),
                samples: profile.value(row: row, column: 0))
        }
    }

    func count(_ name: String, _ labels: [String: String]) -> Int64 {
        entries.filter { entry in
            entry.names.contains(name) && labels.allSatisfy { entry.labels[$0.key] == $0.value }
        }.reduce(0) { $0 + $1.samples }
    }
}
