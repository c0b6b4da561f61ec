extension PipelineRun {
    /// Puts a stream of batches through every node, several at once as the options say, and gives their results in the order of
    /// the batches. The next batch is asked for when there is room for it: who brings batches faster waits.
    ///
    /// With ``RunOptions/bytesInFlight`` a batch begins only if the columns of all that are under way stay within it, by what
    /// batches before it took for each byte that came in; a batch too large for it alone is cut into several. One item is always
    /// let through. Cancellation stops before the next batch; those begun are done, and their results given.
    ///
    /// Where a batch fails, those before it are done and their results given; those behind it end, too, for its sake.
    ///
    /// - Parameters:
    ///   - batches: are asked for one by one, from tasks of the run, while others are under way.
    ///   - each: gets one result after the other; while it works no further batch is begun.
    /// - Throws: what the stream and `each` throw, and what ``process(_:checksCancellation:)`` does.
    public func process<Batches: AsyncSequence & Sendable>(
        _ batches: Batches, each: (BatchResult) async throws -> Void
    ) async throws where Batches.Element == Batch {
        let passage = Passage()
        var flight = Flight(options)
        let source = StreamSource(batches)
        var failure: (index: Int, error: any Error)?
        try await withThrowingTaskGroup(of: StreamEvent.self) { group in
            var waiting: Batch?
            var isAsking = false
            while true {
                // One that has come is done, cancelled or not: nobody else has it.
                if let next = waiting, failure == nil, flight.hasRoom(for: next) {
                    waiting = nil
                    let index = nextIndex()
                    flight.begin(next, index: index)
                    group.addTask { .landed(await self.fly(next, index: index, passage)) }
                }
                if waiting == nil, !isAsking, !source.isAtEnd, failure == nil, flight.hasSeat, !Task.isCancelled {
                    isAsking = true
                    let bytes = flight.largestBatch
                    group.addTask { .came(try await source.next(within: bytes)) }
                }
                if let failure, !flight.isAnyFlying(before: failure.index) { throw failure.error }
                let start = flight.isFull ? core.now() : nil
                switch try await group.next() {
                case nil: return
                case .came(let next):
                    isAsking = false
                    waiting = next
                case .landed(let landing):
                    if start != nil { tellWaiting(start.elapsed, landing) }
                    if let error = flight.land(landing), landing.index < failure?.index ?? .max {
                        failure = (landing.index, error)
                    }
                    while let result = flight.nextResult() { try await each(result) }
                }
            }
        }
        try Task.checkCancellation()
    }

    private func fly(_ batch: Batch, index: Int, _ passage: Passage) async -> Landing {
        let gauge = core.gauge.map { MemoryGauge(within: $0) }
        let turns = core.turns.values
        do {
            let result = try await process(batch, index: index, gauge: gauge, passage)
            for turn in turns { turn.leave(index) }
            return Landing(index: index, result: .success(result), peakBytes: gauge?.peak ?? 0)
        } catch {
            // What takes batches in order must not get those behind a gap: who goes on later goes on from the gap.
            passage.fail(index)
            for turn in turns {
                turn.refuse()
                turn.leave(index)
            }
            return Landing(index: index, result: .failure(error), peakBytes: 0)
        }
    }

    private func tellWaiting(_ wall: Duration, _ landing: Landing) {
        core.emit(.waited(for: .memory, batch: landing.index, wall: wall))
    }
}

/// What a stream waits for.
private enum StreamEvent: Sendable {
    /// The next batch; nil at the end.
    case came(Batch?)
    case landed(Landing)
}

/// A batch that is through, or has failed.
private struct Landing: Sendable {
    let index: Int
    let result: Result<BatchResult, any Error>
    /// The most bytes of its columns that were there at once.
    let peakBytes: Int
}

/// Which batches of a stream are under way, and how much room is left.
private struct Flight {
    private let seats: Int
    private let bytes: Int?
    /// By index, the bytes that came in, and those that are expected at once.
    private var flying: [Int: (came: Int, expected: Int)] = [:]
    private var landed: [Int: BatchResult] = [:]
    /// In the order in which they began, those whose results are still to be given.
    private var order: [Int] = []
    /// Batches with fewer bytes count as having so many.
    private static let smallestMeasure = 4_096
    /// The most bytes at once for each that came in; nil before the first has landed.
    private var growth: Double?
    private(set) var isFull = false

    init(_ options: RunOptions) {
        seats = max(1, options.batchesInFlight)
        bytes = options.bytesInFlight
    }

    /// Until the first batch has landed, and shown how much it takes, it flies alone.
    var hasSeat: Bool { flying.count + landed.count < (bytes != nil && growth == nil ? 1 : seats) }

    /// How many bytes a batch may come with; nil for any.
    var largestBatch: Int? {
        guard let bytes else { return nil }
        // A first guess that is small: nothing is known yet.
        guard let growth else { return max(1, bytes / 64) }
        return max(1, Int(Double(bytes) / Double(seats) / growth))
    }

    mutating func hasRoom(for batch: Batch) -> Bool {
        guard let bytes, !flying.isEmpty else { return true }
        let used = flying.values.reduce(0) { $0 + $1.expected }
        isFull = used + expected(batch) > bytes
        return !isFull
    }

    private func expected(_ batch: Batch) -> Int { Int(Double(batch.byteCount) * (growth ?? 1)) }

    mutating func begin(_ batch: Batch, index: Int) {
        order.append(index)
        isFull = false
        flying[index] = (batch.byteCount, expected(batch))
    }

    func isAnyFlying(before index: Int) -> Bool { flying.keys.contains { $0 < index } }

    /// Gives the error of one that has failed.
    mutating func land(_ landing: Landing) -> (any Error)? {
        if let (came, _) = flying.removeValue(forKey: landing.index), came > 0 {
            // A margin, since the next may take more. What a batch takes beside its items says nothing of larger ones.
            let share = Double(landing.peakBytes) / Double(max(came, Self.smallestMeasure))
            growth = max(growth ?? 1, 1.25 * share)
        }
        switch landing.result {
        case .success(let result): landed[landing.index] = result
        case .failure(let error): return error
        }
        return nil
    }

    mutating func nextResult() -> BatchResult? {
        guard let index = order.first, let result = landed.removeValue(forKey: index) else { return nil }
        order.removeFirst()
        return result
    }
}

/// Batches as they come, cut where they are too large.
///
/// Unchecked: the stream has one task at a time in here, and waits for it before it looks itself.
private final class StreamSource<Batches: AsyncSequence & Sendable>: @unchecked Sendable
where Batches.Element == Batch {
    private var iterator: Batches.AsyncIterator
    /// What is still to come of batches that came, the next one last.
    private var rest: [Batch] = []
    private var hasEnded = false

    init(_ batches: Batches) { iterator = batches.makeAsyncIterator() }

    var isAtEnd: Bool { hasEnded && rest.isEmpty }

    func next(within bytes: Int?) async throws -> Batch? {
        var next = rest.popLast()
        if next == nil, !hasEnded {
            next = try await iterator.next(isolation: #isolation)
            hasEnded = next == nil
        }
        // One that is not whole is refused as it came, by whoever looks at it next.
        guard let batch = next, let bytes, batch.count > 1, batch.byteCount > bytes, batch.isWhole else { return next }
        let count = min(batch.count - 1, max(1, batch.count * bytes / batch.byteCount))
        rest.append(batch.slice(count..<batch.count))
        return batch.slice(0..<count)
    }
}
