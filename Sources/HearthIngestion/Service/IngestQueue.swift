internal import CSimdjson
package import HearthGraph
package import HearthRuntime
internal import Synchronization

/// Documents of many callers, through one pipeline into one store: what is given at the same time goes in the same batches, which one
/// task writes, one after the other.
///
/// Nothing bounds what waits here: that is for the callers to see to. Thread-safe.
package final class IngestQueue: Sendable {
    package struct Settings: Sendable {
        package var options = RunOptions()
        package var limits = DocumentReader.Limits()
        package var runName = "serve"
        package var observers: [any RuntimeObserver] = []
        /// Makes what stands around every node, from the plan.
        package var hook: (@Sendable (ExecutionPlan) -> any NodeHook)?

        package init() {}
    }

    /// Documents came after ``stop()``.
    package struct Stopped: Error {}

    package struct Statistics: Hashable, Sendable {
        /// Of documents, over all that was given.
        package var counts = IngestCounts()
        package var batches = 0
        package var failedBatches = 0
        /// Batches that held documents of more than one caller.
        package var sharedBatches = 0
        /// Spent on batches.
        package var time = Duration.zero
    }

    private struct State {
        var waiting: [Submission] = []
        var isStopped = false
        var statistics = Statistics()
    }

    private struct Submission {
        var text: [UInt8]
        var lines: [DocumentLine]
        var caller: CheckedContinuation<IngestAnswer?, Never>
    }

    package let store: DocumentStore
    private let limits: DocumentReader.Limits
    private let run: PipelineRun
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    private let writing = Mutex<Task<Void, Never>?>(nil)

    /// Opens the store, and makes it where there is none.
    ///
    /// - Throws: ``StoreError``, also for a store that another pipeline has made: its documents would not be found by the same queries.
    package init(store path: String, pipeline: DocumentPipeline, settings: Settings = Settings()) throws {
        store = try DocumentStore(path: path)
        if let made = try store.pipeline(), made != pipeline.fingerprint, try store.count() > 0 {
            throw StoreError(path: path, reason: .otherPipeline)
        }
        // How far an unfinished run of `hearth-ingest run` came is kept for its --resume.
        try store.begin(pipeline, keepingProgress: true)
        try store.makeIndexes()
        let nodes = try pipeline.pipeline(into: store, input: nil, keepsRejected: false)
        run = PipelineRun(
            nodes, name: settings.runName, options: settings.options, registry: pipeline.registry,
            hook: settings.hook?(nodes.plan), observers: settings.observers)
        limits = settings.limits
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        let task = Task.detached { [self] in
            for await _ in wakes { await write() }
            await write()
        }
        writing.withLock { $0 = task }
    }

    package var statistics: Statistics { state.withLock { $0.statistics } }

    /// What every node did so far.
    package var table: NodeTable? { run.table }

    /// Puts the documents of a text of JSON Lines into the store, and returns when they are committed; those of one text in the
    /// order of its lines. What was given is done also when the caller is cancelled.
    ///
    /// - Throws: ``Stopped``; then nothing of the text was done.
    package func ingest(_ text: [UInt8]) async throws(Stopped) -> IngestAnswer {
        let lines = DocumentLine.all(in: text, longest: limits.document)
        if lines.isEmpty { return IngestAnswer() }
        let answer: IngestAnswer? = await withCheckedContinuation { caller in
            let isStopped = state.withLock { state in
                if state.isStopped { return true }
                state.waiting.append(Submission(text: text, lines: lines, caller: caller))
                return false
            }
            if isStopped { caller.resume(returning: nil) } else { wake.yield() }
        }
        guard let answer else { throw Stopped() }
        return answer
    }

    /// Takes no more documents, and returns when those that were given are done and the store is closed.
    package func stop() async throws(StoreError) {
        state.withLock { $0.isStopped = true }
        wake.finish()
        await writing.withLock { $0 }?.value
        try store.close()
    }

    // MARK: Writing

    /// A text that is being done.
    private struct Open {
        var submission: Submission
        var next = 0
        var answer = IngestAnswer()

        var isDone: Bool { next == submission.lines.count || answer.failure != nil }
    }

    /// Does all that waits, and what comes meanwhile.
    private func write() async {
        var open: [Open] = []
        while true {
            open += state.withLock { state in
                defer { state.waiting.removeAll() }
                return state.waiting.map { Open(submission: $0) }
            }
            if open.isEmpty { return }
            await writeBatch(&open)
            for text in open where text.isDone { text.submission.caller.resume(returning: text.answer) }
            open.removeAll(where: \.isDone)
        }
    }

    private func writeBatch(_ open: inout [Open]) async {
        let places = take(&open)
        let start = ContinuousClock.now
        do {
            let result = try await run.process(batch(places, of: open), checksCancellation: false)
            Self.deliver(result, places, to: &open)
            count(result, of: places, in: ContinuousClock.now - start)
        } catch {
            let cause = (error as? NodeFailure)?.underlying ?? error
            for place in places { open[place.text].answer.failure = cause }
            state.withLock { $0.statistics.failedBatches += 1 }
        }
    }

    /// Where a document of a batch comes from.
    private struct Place {
        var text: Int
        var line: Int
    }

    /// The documents of the next batch: of every text an equal share, so that a long one does not hold up the others, and then of the
    /// first ones what there is still room for.
    private func take(_ open: inout [Open]) -> [Place] {
        var places: [Place] = []
        var bytes = 0
        for share in [max(1, limits.batch / open.count), limits.batch] {
            for text in open.indices {
                var taken = 0
                while taken < share, places.count < limits.batch, bytes < limits.batchBytes,
                    open[text].next < open[text].submission.lines.count
                {
                    places.append(Place(text: text, line: open[text].next))
                    bytes += open[text].submission.lines[open[text].next].text.count
                    open[text].next += 1
                    taken += 1
                }
            }
        }
        return places
    }

    private func batch(_ places: [Place], of open: [Open]) -> Batch {
        var documents = BytesColumn()
        var (lines, starts, ends) = (NumberColumn(), NumberColumn(), NumberColumn())
        var tooLong: [ItemError] = []
        for (item, place) in places.enumerated() {
            let submission = open[place.text].submission
            let line = submission.lines[place.line]
            if line.isTooLong {
                tooLong.append(ItemError(item: item, reason: "longer than \(limits.document) bytes", byte: 0))
            }
            documents.append(
                submission.text[line.text].prefix(line.isTooLong ? RejectedDocument.maximumText : line.text.count))
            lines.append(Double(line.number))
            starts.append(Double(line.text.lowerBound))
            ends.append(Double(line.text.upperBound))
        }
        documents.pad(to: hearth_json_padding())
        return Batch(
            columns: [
                DocumentReader.documents: .bytes(documents), DocumentReader.lines: .number(lines),
                DocumentReader.starts: .number(starts), DocumentReader.ends: .number(ends),
            ], count: places.count, rejections: tooLong)
    }

    private static func deliver(_ result: BatchResult, _ places: [Place], to open: inout [Open]) {
        if case .number(let outcomes)? = result.columns["store"]?.content {
            for (item, place) in places.enumerated() {
                open[place.text].answer.counts.read += 1
                guard let outcome = outcomes[item] else { continue }
                if outcome == 0 {
                    open[place.text].answer.counts.stored += 1
                } else {
                    open[place.text].answer.counts.unchanged += 1
                }
            }
        }
        for rejection in result.rejections {
            let place = places[rejection.item]
            open[place.text].answer.counts.rejected += 1
            guard open[place.text].answer.rejections.count < IngestAnswer.maximumRejections else { continue }
            let line = open[place.text].submission.lines[place.line]
            open[place.text].answer.rejections.append(
                .init(
                    line: line.number, byte: line.text.lowerBound + (rejection.error.byte ?? 0), node: rejection.node,
                    reason: rejection.error.reason))
        }
    }

    private func count(_ result: BatchResult, of places: [Place], in time: Duration) {
        let isShared = places.contains { $0.text != places[0].text }
        state.withLock { state in
            state.statistics.batches += 1
            if isShared { state.statistics.sharedBatches += 1 }
            state.statistics.counts.add(result)
            state.statistics.time += time
        }
    }
}
