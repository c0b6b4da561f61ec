import CMalloc
import Foundation
import HearthIngestion
import HearthRuntime
import Synchronization

/// What is between nodes: the pipeline's own nodes over real documents, five of them and all twenty, one after the other with JSON
/// between them and at once with columns by reference, and each of the two changes alone.
struct TransferBench {
    private enum Form: String, CaseIterable {
        case old, columnar, parallel, new

        var options: RunOptions {
            var options = RunOptions()
            options.schedule = self == .parallel || self == .new ? .parallel : .sequential
            options.transfer = self == .columnar || self == .new ? .columnar : .json
            // The same documents come again and again.
            options.memoBytes = nil
            return options
        }
    }

    private static let corpus = "Tests/HearthIngestionTests/Fixtures/corpus-1000.jsonl"
    private static let batchSize = 500
    private static let rounds = 9

    /// A form's batches: seconds each, and what its last run says.
    private struct Measured {
        var seconds: [Double] = []
        var peakBytes: [Double] = []
        var table: NodeTable?
    }

    func run() async throws {
        print(
            "# batches of \(Self.batchSize) documents of \(Self.corpus); medians of \(2 * Self.rounds) batches, the forms by turns"
        )
        try await measure("5") { _ in try DocumentPipeline().shortPipeline() }
        try await measure("20") { store in try DocumentPipeline().pipeline(into: store, input: nil) }
    }

    private func measure(_ size: String, _ pipeline: (DocumentStore) throws -> Pipeline) async throws {
        var measured: [Form: Measured] = [:]
        for round in 0...Self.rounds {
            for form in round % 2 == 0 ? Form.allCases : Form.allCases.reversed() {
                let one = try await run(form, pipeline)
                // The first round warms up.
                if round == 0 { continue }
                measured[form, default: Measured()].seconds += one.seconds
                measured[form, default: Measured()].peakBytes += one.peakBytes
                measured[form]?.table = one.table
            }
        }
        guard let old = measured[.old], let new = measured[.new] else { return }
        for form in Form.allCases {
            guard let one = measured[form] else { continue }
            printFigure("transfer.batch.\(size).\(form)", 1_000 * one.seconds.quantile(0.5), "ms", digits: 2)
        }
        printFigure("transfer.latency.\(size)", saved(old.seconds, new.seconds), "%", digits: 1)
        printFigure(
            "transfer.latency.\(size).columnar", saved(old.seconds, measured[.columnar]?.seconds), "%", digits: 1)
        printFigure(
            "transfer.latency.\(size).parallel", saved(old.seconds, measured[.parallel]?.seconds), "%", digits: 1)
        for (name, one) in [("json", old), ("columnar", measured[.columnar] ?? new)] {
            guard let table = one.table else { continue }
            let calls = table.rows.reduce(0) { $0 + $1.calls }
            let handOff = table.rows.reduce(Duration.zero) { $0 + $1.handOff }
            printFigure("transfer.\(name).node.\(size)", handOff.seconds * 1e6 / Double(max(1, calls)), "us", digits: 3)
            let split = table.split
            let all = max(table.taskWall.seconds, 1e-9)
            printFigure(
                "transfer.\(name).compute.\(size)", 100 * (split.models + split.code).seconds / all, "%", digits: 1)
            printFigure("transfer.\(name).handoff.\(size)", 100 * split.handOff.seconds / all, "%", digits: 1)
            printFigure("transfer.\(name).runtime.\(size)", 100 * split.runtime.seconds / all, "%", digits: 1)
        }
        printFigure("transfer.peak.\(size).old", old.peakBytes.quantile(0.5) / 1e6, "MB", digits: 2)
        printFigure("transfer.peak.\(size).new", new.peakBytes.quantile(0.5) / 1e6, "MB", digits: 2)
        printFigure("transfer.memory.\(size)", saved(old.peakBytes, new.peakBytes), "%", digits: 1)
        if size == "20" { printFigure("transfer.memory", saved(old.peakBytes, new.peakBytes), "%", digits: 1) }
    }

    private func saved(_ old: [Double], _ new: [Double]?) -> Double {
        100 * (1 - (new ?? old).quantile(0.5) / max(old.quantile(0.5), 1e-12))
    }

    /// Two batches in a run of their own, into a store of their own.
    private func run(_ form: Form, _ pipeline: (DocumentStore) throws -> Pipeline) async throws -> Measured {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("transfer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try DocumentStore(path: folder.appendingPathComponent("store.db").path)
        let run = PipelineRun(try pipeline(store), options: form.options)
        var limits = DocumentReader.Limits()
        limits.batch = Self.batchSize
        let reader = try DocumentReader(path: Self.corpus, limits: limits)
        var measured = Measured()
        while let batch = try reader.next() {
            let watch = AllocationWatch()
            let start = ContinuousClock.now
            _ = try await run.process(batch)
            measured.seconds.append((ContinuousClock.now - start).seconds)
            measured.peakBytes.append(Double(watch.end()))
        }
        measured.table = run.table
        try store.close()
        return measured
    }
}

/// The most bytes that were allocated and not freed, above what was at the start: looked at every half millisecond by a thread of its
/// own, so that what comes and goes between two looks is missed.
private final class AllocationWatch: Sendable {
    private let state = Mutex((highest: 0, isOver: false))
    private let atStart = AllocationWatch.allocated()
    private let over = DispatchSemaphore(value: 0)

    init() {
        let (state, over) = (Unchecked(self), self.over)
        Thread.detachNewThread {
            while state.value.look() { usleep(500) }
            over.signal()
        }
    }

    private struct Unchecked: @unchecked Sendable {
        let value: AllocationWatch
        init(_ value: AllocationWatch) { self.value = value }
    }

    /// False when it is over.
    private func look() -> Bool {
        let now = Self.allocated()
        return state.withLock { state in
            state.highest = max(state.highest, now)
            return !state.isOver
        }
    }

    func end() -> Int {
        state.withLock { $0.isOver = true }
        over.wait()
        return state.withLock { max(0, $0.highest - atStart) }
    }

    private static func allocated() -> Int {
        let info = mallinfo2()
        return Int(info.uordblks) + Int(info.hblkhd)
    }
}
