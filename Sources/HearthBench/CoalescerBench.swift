import HearthCoalescer
import Synchronization

/// What a coalescer costs its callers beside a call of the same function for each item, one by one: items a second, and
/// how long a caller waits for its value, over the number of callers that ask at the same time.
///
/// The function is busy for 50 µs a call and 1 µs an item, as a query of a store or a small model is; where it is
/// called one by one, all cores call it. Every caller asks again as soon as it has its value.
struct CoalescerBench {
    private static let callNanoseconds = 50_000
    private static let itemNanoseconds = 1_000
    private static let maximumBatch = 256
    private static let rounds = 5

    func run() async throws {
        for callers in [1, 10, 100, 1_000, 10_000] {
            let items = max(10, min(2_000, 50_000 / callers))
            var (direct, coalesced, batches) = ([Double](), [Double](), [Double]())
            var (directLatencies, latencies) = ([Double](), [Double]())
            // In turn, so that what else the machine does falls on both.
            for _ in 0..<Self.rounds {
                let plain = try await throughput(callers, items) { try await Self.evaluate([$0])[0] }
                direct.append(plain.perSecond)
                directLatencies += plain.latencies
                let coalescer = coalescer()
                let run = try await throughput(callers, items, coalescer.evaluate)
                coalesced.append(run.perSecond)
                latencies += run.latencies
                batches.append(coalescer.statistics.meanBatch)
            }
            let name = String(callers)
            printFigure("coalescer.direct.\(name)", direct.quantile(0.5), "items/s")
            printFigure("coalescer.throughput.\(name)", coalesced.quantile(0.5), "items/s")
            printFigure("coalescer.direct-latency.\(name).median", directLatencies.quantile(0.5), "us", digits: 1)
            printFigure("coalescer.batch.\(name)", batches.quantile(0.5), "items", digits: 1)
            printFigure("coalescer.latency.\(name).median", latencies.quantile(0.5), "us", digits: 1)
            printFigure("coalescer.latency.\(name).p99", latencies.quantile(0.99), "us", digits: 1)
        }
        try await cost()
        try await bound()
    }

    /// A caller that is alone waits for the whole bound, and for the timer to be served.
    private func bound() async throws {
        let coalescer = Coalescer<Int, Int>(maximumBatch: Self.maximumBatch, maximumWait: .milliseconds(2)) {
            try await Self.nothing($0)
        }
        let latencies = try await throughput(1, 500, coalescer.evaluate).latencies
        printFigure("coalescer.bound-2ms.latency.median", latencies.quantile(0.5), "us", digits: 1)
        printFigure("coalescer.bound-2ms.latency.p99", latencies.quantile(0.99), "us", digits: 1)
    }

    /// What a call costs by itself: a function that does nothing, 100 callers.
    private func cost() async throws {
        var (direct, suspended, coalesced) = ([Double](), [Double](), [Double]())
        for _ in 0..<Self.rounds {
            let plain = try await throughput(100, 2_000) { try await Self.nothing([$0])[0] }
            direct.append(plain.processNanosecondsAnItem)
            let meeting = Meeting(100)
            suspended.append(try await throughput(100, 2_000, meeting.wait).processNanosecondsAnItem)
            let coalescer = Coalescer<Int, Int>(maximumBatch: 100, maximumWait: .milliseconds(1)) {
                try await Self.nothing($0)
            }
            coalesced.append(try await throughput(100, 2_000, coalescer.evaluate).processNanosecondsAnItem)
        }
        printFigure("coalescer.cost.direct", direct.quantile(0.5), "ns")
        printFigure("coalescer.cost.suspended", suspended.quantile(0.5), "ns")
        printFigure("coalescer.cost.coalesced", coalesced.quantile(0.5), "ns")
    }

    /// A wait of zero, as where latency matters most: batches hold what came while the last one was evaluated.
    private func coalescer() -> Coalescer<Int, Int> {
        Coalescer(maximumBatch: Self.maximumBatch, maximumWait: .zero) { try await Self.evaluate($0) }
    }

    private struct Run {
        var perSecond: Double
        var processNanosecondsAnItem: Double
        /// In microseconds, of each item.
        var latencies: [Double]
    }

    private func throughput(
        _ callers: Int, _ items: Int, _ evaluate: @escaping @Sendable (Int) async throws -> Int
    ) async throws -> Run {
        let clock = ContinuousClock()
        let (start, processStart) = (clock.now, processNanoseconds())
        let latencies = try await withThrowingTaskGroup(of: [Double].self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var latencies: [Double] = []
                    latencies.reserveCapacity(items)
                    for item in 0..<items {
                        let start = clock.now
                        let value = try await evaluate(caller &+ item)
                        latencies.append((clock.now - start) / .microseconds(1))
                        guard value == caller &+ item &+ 1 else { throw WrongValue() }
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let count = Double(callers * items)
        return Run(
            perSecond: count / ((clock.now - start) / .seconds(1)),
            processNanosecondsAnItem: Double(processNanoseconds() - processStart) / count, latencies: latencies)
    }

    @inline(never) private static func nothing(_ items: [Int]) async throws -> [Int] { items.map { $0 &+ 1 } }

    @inline(never) private static func evaluate(_ items: [Int]) async throws -> [Int] {
        let clock = ContinuousClock()
        let end = clock.now + .nanoseconds(callNanoseconds + itemNanoseconds * items.count)
        while clock.now < end {}
        return items.map { $0 &+ 1 }
    }

    private struct WrongValue: Error {}

    /// The least that any coalescer does: callers wait in a list until it is full, and whoever fills it wakes them.
    private final class Meeting: Sendable {
        private let size: Int
        private let waiting = Mutex<[(Int, CheckedContinuation<Int, any Error>)]>([])

        init(_ size: Int) { self.size = size }

        func wait(_ item: Int) async throws -> Int {
            try await withCheckedThrowingContinuation { continuation in
                let all = waiting.withLock { waiting -> [(Int, CheckedContinuation<Int, any Error>)] in
                    waiting.append((item, continuation))
                    guard waiting.count == size else { return [] }
                    defer { waiting = [] }
                    return waiting
                }
                for (item, continuation) in all { continuation.resume(returning: item &+ 1) }
            }
        }
    }
}
