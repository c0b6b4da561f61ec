extension PipelineRun {
    /// Puts a stream of batches through every node, several at once as the options say, and gives their results in the order of
    /// the batches. The next batch is asked for when there is room for it: who brings batches faster waits.
    ///
    /// With ``RunOptions/bytesInFlight`` a batch begins only if the columns of all that are under way stay within it, by what
    /// batches before it took for each byte that came in; a batch too large for it alone is cut into several. One item is always
    /// let through. Cancellation stops before the next batch; those begun are done, and their results given.
    ///
    /// - Parameters:
    ///   - batches: are asked for one by one, from the task that calls this.
    ///   - each: gets one result after the other; while it works no further batch is begun.
    /// - Throws: what the stream and `each` throw, and what ``process(_:checksCancellation:)`` does.
    public func process<Batches: AsyncSequence>(
        _ batches: Batches, each: (BatchResult) async throws -> Void
    ) async throws where Batches.Element == Batch {
        defer { for turn in core.turns.values { turn.reopen() } }
        var flight = Flight(options)
        var source = StreamSource(batches.makeAsyncIterator())
        try await withThrowingTaskGroup(of: Landing.self) { group in
            while true {
                while flight.hasSeat, !Task.isCancelled, let next = try await source.next(within: flight.largestBatch) {
                    guard flight.hasRoom(for: next) else {
                        source.putBack(next)
                        break
                    }
                    let index = nextIndex()
                    flight.begin(next, index: index)
                    group.addTask { try await self.fly(next, index: index) }
                }
                let start = flight.isFull ? core.now() : nil
                guard let landing = try await next(of: &group) else { break }
                if start != nil { tellWaiting(start.elapsed, landing) }
                flight.land(landing)
                while let result = flight.nextResult() { try await each(result) }
            }
        }
        try Task.checkCancellation()
    }

    /// The next batch that is through. Where one fails those behind it end too, for its sake: the error is that of the first.
    private func next(of group: inout ThrowingTaskGroup<Landing, any Error>) async throws -> Landing? {
        do {
            return try await group.next()
        } catch {
            group.cancelAll()
            var first = error
            while let result = await group.nextResult() {
                if case .failure(let other) = result, first is CancellationError { first = other }
            }
            throw first
        }
    }

    private func fly(_ batch: Batch, index: Int) async throws -> Landing {
        let gauge = core.gauge.map { MemoryGauge(within: $0) }
        let turns = core.turns.values
        do {
            let result = try await process(batch, index: index, gauge: gauge)
            for turn in turns { turn.leave(index) }
            return Landing(index: index, result: result, peakBytes: gauge?.peak ?? 0)
        } catch {
            // What takes batches in order must not get those behind a gap: who goes on later goes on from the gap.
            for turn in turns {
                turn.fail(index)
                turn.leave(index)
            }
            throw error
        }
    }

    private func tellWaiting(_ wall: Duration, _ landing: Landing) {
        core.emit(.waited(for: .memory, batch: landing.index, wall: wall))
    }
}

/// A batch that is through.
private struct Landing: Sendable {
    let index: Int
    let result: BatchResult
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

    mutating func land(_ landing: Landing) {
        if let (came, _) = flying.removeValue(forKey: landing.index), came > 0 {
            // A margin, since the next may take more.
            growth = max(growth ?? 1, 1.25 * Double(landing.peakBytes) / Double(came))
        }
        landed[landing.index] = landing.result
    }

    mutating func nextResult() -> BatchResult? {
        guard let index = order.first, let result = landed.removeValue(forKey: index) else { return nil }
        order.removeFirst()
        return result
    }
}

/// Batches as they come, cut where they are too large.
private struct StreamSource<Iterator: AsyncIteratorProtocol> where Iterator.Element == Batch {
    private var iterator: Iterator
    /// What is still to come of batches that came, the next one last.
    private var rest: [Batch] = []
    private var isAtEnd = false

    init(_ iterator: Iterator) { self.iterator = iterator }

    mutating func next(within bytes: Int?) async throws -> Batch? {
        var next = rest.popLast()
        if next == nil, !isAtEnd {
            next = try await iterator.next(isolation: #isolation)
            isAtEnd = next == nil
        }
        guard let batch = next, let bytes, batch.count > 1, batch.byteCount > bytes else { return next }
        let count = min(batch.count - 1, max(1, batch.count * bytes / batch.byteCount))
        rest.append(batch.slice(count..<batch.count))
        return batch.slice(0..<count)
    }

    /// Gives a batch back, to be the next again.
    mutating func putBack(_ batch: Batch) { rest.append(batch) }
}
