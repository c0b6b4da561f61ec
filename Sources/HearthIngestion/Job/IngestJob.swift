public import HearthFiles
public import HearthGraph
public import HearthRuntime

/// The main job: documents from a file through the pipeline into a store.
public struct IngestJob: Sendable {
    public var input: String
    public var store: String
    public var pipeline = DocumentPipeline()
    public var options = RunOptions()
    public var limits = DocumentReader.Limits()
    public var rejectionLimit = RejectionLimit.share(0.01)
    /// Goes on where an interrupted run of the same input into the same store stopped.
    public var resumes = false
    /// Where documents are written that were set aside.
    public var rejectedPath: String
    /// Whether the store gets the indexes that queries by fields go by, when the input is done.
    public var makesIndexes = true
    /// How the nearest neighbours of all documents are found when the input is done; nil for not at all.
    public var neighbours: NeighbourSearch?
    public var runName = "ingest"
    public var observers: [any RuntimeObserver] = []
    /// Makes what stands around every node, from the plan.
    public var hook: (@Sendable (ExecutionPlan) -> any NodeHook)?

    public init(input: String, store: String, rejectedPath: String) {
        self.input = input
        self.store = store
        self.rejectedPath = rejectedPath
    }
}

/// What became of a job.
public struct IngestReport: Sendable {
    public enum Ending: Hashable, Sendable {
        /// The input has been read to its end.
        case finished
        /// Cancelled, and ended after a batch; `canResume` says whether another run can go on from there.
        case interrupted(canResume: Bool)
        /// Too many documents were set aside, and the run stopped there.
        case tooManyRejected
    }

    public var ending: Ending
    /// Over the whole input: a resumed run counts what was done before it, too.
    public var counts = IngestCounts()
    public var isWithinRejectionLimit = true
    /// Documents done by an earlier run, where this one went on from it.
    public var resumedAfter: Int?
    /// Why it did not go on from an earlier run, though it should.
    public var resumeRefusal: String?
    /// Why what was set aside could not be written to its file; it is in the store all the same.
    public var rejectedFileFailure: FileError?
    public var table: NodeTable?
    /// How many neighbours all documents have together, where they were searched for.
    public var neighbours: Int?
}

extension IngestJob {
    /// How far a running job is.
    public struct Progress: Hashable, Sendable {
        public var counts: IngestCounts
    }

    /// Runs the job until the input ends, the task is cancelled, or too much was set aside. What was done by then is in the
    /// store in whole batches, and what was set aside in its file, whichever way it ends.
    ///
    /// While one batch is stored the next is read and goes through the nodes before; not where nodes go one after the other.
    ///
    /// Cancellation ends the waiting for input, too: the documents that had come whole are the last batch.
    ///
    /// - Parameter progressed: called after every batch.
    /// - Throws: `FileError` and ``InputError`` for the input, ``StoreError``, `NodeFailure`.
    public func run(progressed: (Progress) -> Void = { _ in }) async throws -> IngestReport {
        let interruption = try ReadInterruption()
        return try await withTaskCancellationHandler {
            try await run(interruption, progressed: progressed)
        } onCancel: {
            interruption.interrupt()
        }
    }

    private func run(_ interruption: ReadInterruption, progressed: (Progress) -> Void) async throws -> IngestReport {
        // The input first: one that is missing or no JSON Lines must not leave an empty store behind.
        let identity = try InputIdentity(path: input)
        let reader = try DocumentReader(path: input, limits: limits, interruption: interruption)
        if let error = try reader.unsuitability() { throw error }
        let documents = try DocumentStore(path: store)
        var report: IngestReport
        do {
            report = try await run(identity, reader, into: documents, progressed: progressed)
        } catch let failure as NodeFailure {
            if let error = failure.underlying as? StoreError { throw error }
            throw failure
        }
        do {
            try RejectedFile.write(rejectedPath, from: documents)
        } catch let error as FileError {
            report.rejectedFileFailure = error
        }
        try documents.close()
        report.isWithinRejectionLimit = rejectionLimit.allows(report.counts)
        return report
    }

    private func run(
        _ identity: InputIdentity, _ reader: DocumentReader, into documents: DocumentStore,
        progressed: (Progress) -> Void
    ) async throws -> IngestReport {
        let watch = RejectionWatch(rejectionLimit)
        let plan = try pipeline.pipeline(into: documents, input: identity.name, watch: watch)
        var options = options
        if options.schedule == .sequential { options.batchesInFlight = 1 }
        let run = PipelineRun(
            plan, name: runName, options: options, registry: pipeline.registry, hook: hook?(plan.plan),
            observers: observers)
        var report = IngestReport(ending: .finished, table: run.table)
        try begin(identity, reader, documents, &report)
        watch.count(report.counts)
        do {
            try await run.process(DocumentBatches(reader)) { result in
                report.counts.add(result)
                progressed(Progress(counts: report.counts))
                if rejectionLimit.isBeyondHope(report.counts) { throw TooManyRejected() }
            }
        } catch is TooManyRejected {
            report.ending = .tooManyRejected
        } catch let failure as NodeFailure where failure.underlying is TooManyRejected {
            // The store's own refusal: an earlier run has set aside too many already.
            report.ending = .tooManyRejected
        } catch is CancellationError {
            // What had been read whole is done.
            report.ending = .interrupted(canResume: identity.name != nil)
        }
        if report.ending == .finished {
            try documents.finish(indexes: makesIndexes)
        }
        report.table = run.table
        if report.ending == .finished { try await findNeighbours(in: documents, &report) }
        return report
    }

    private func findNeighbours(in documents: DocumentStore, _ report: inout IngestReport) async throws {
        guard let neighbours else { return }
        var job = NeighbourJob(search: neighbours)
        job.options = options
        job.observers = observers
        job.hook = hook
        do {
            let found = try await job.run(in: documents)
            report.neighbours = found.neighbours
            if let table = found.table { report.table?.append(table) }
        } catch is CancellationError {
            // The documents are all there: another run finds them unchanged, and the neighbours.
            report.ending = .interrupted(canResume: false)
        }
    }

    /// Brings reader and report to where an earlier run stopped, where this one is to go on from there and can.
    private func begin(
        _ identity: InputIdentity, _ reader: DocumentReader, _ documents: DocumentStore, _ report: inout IngestReport
    ) throws {
        var start: IngestProgress?
        if resumes {
            do throws(ResumeRefusal) {
                start = try resumePoint(identity, documents)
            } catch {
                report.resumeRefusal = error.description
            }
        }
        try documents.begin(pipeline, keepingProgress: start != nil)
        guard let start else { return }
        report.counts = start.counts
        report.resumedAfter = start.counts.read
        try reader.seek(to: start.nextByte, line: start.nextLine)
    }

    private func resumePoint(
        _ identity: InputIdentity, _ documents: DocumentStore
    ) throws(ResumeRefusal) -> IngestProgress {
        guard let name = identity.name else { throw .noFile }
        do {
            guard try documents.pipeline() == pipeline.fingerprint else { throw ResumeRefusal.otherPipeline }
            guard let progress = try documents.progress(of: name) else { throw ResumeRefusal.nothing }
            // The last document must still stand where it stood.
            var one = limits
            one.batch = 1
            let reader = try DocumentReader(path: input, limits: one)
            try reader.seek(to: progress.lastByte, line: progress.nextLine - 1)
            guard let batch = try reader.next(),
                case .bytes(let last)? = batch.columns[DocumentReader.documents]?.content,
                let text = last[0], StableHash.content(text, seed: 0).bytes == progress.lastHash,
                reader.offset == progress.nextByte
            else { throw ResumeRefusal.changed }
            return progress
        } catch let refusal as ResumeRefusal {
            throw refusal
        } catch {
            throw .unreadable(String(describing: error))
        }
    }
}

/// Why a run starts from the beginning though it was asked to resume. That is safe: what is stored already is unchanged.
enum ResumeRefusal: Error, CustomStringConvertible {
    case noFile, nothing, changed, otherPipeline
    case unreadable(String)

    var description: String {
        switch self {
        case .noFile: "the input is no file that can be read from the middle"
        case .nothing: "the store knows of no unfinished run of this input"
        case .changed: "the input has changed since"
        case .otherPipeline: "the unfinished run had another pipeline"
        case .unreadable(let reason): reason
        }
    }
}

extension IngestCounts {
    mutating func add(_ result: BatchResult) {
        read += result.count
        rejected += result.rejections.count
        guard case .number(let outcomes)? = result.columns["store"]?.content else { return }
        for item in 0..<outcomes.count {
            guard let outcome = outcomes[item] else { continue }
            if outcome == 0 { stored += 1 } else { unchanged += 1 }
        }
    }
}
