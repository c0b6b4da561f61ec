internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols
internal import Synchronization

/// Makes windows of slices and hands them to exporters; and keeps slices for whoever records.
///
/// The sampler's thread only leaves slices here; names are looked up, and windows made, on a thread of its own.
final class WindowPipeline: Sendable {
    private struct State {
        /// Of the window that is open; all of them where nobody exports.
        var slices: [Sampler.Result] = []
        /// What came last when sampling ended.
        var lastWindow: [Sampler.Result] = []
        var recordings: [Int: [Sampler.Result]] = [:]
        var nextRecording = 0
        /// Of the process, from the next window on.
        var labels: [String: String]
        var workDone: Int64 = 0
    }

    private let state: Mutex<State>
    private let process: ProcessDescription
    private let runners: [ExporterRunner]
    private let cpu: ThreadCPUTime
    private let work: WorkCounter
    private let symbolizer: Symbolizer
    private let thread = WorkerThread("hearth-windows")
    /// Touched on `thread` only.
    private let sequence = Mutex<UInt64>(0)

    init(
        _ process: ProcessDescription, exporters: [any ProfileExporter], work: WorkCounter, symbolizer: Symbolizer
    ) {
        self.process = process
        self.work = work
        self.symbolizer = symbolizer
        let cpu = ThreadCPUTime()
        self.cpu = cpu
        runners = exporters.map { ExporterRunner($0, cpu: cpu) }
        state = Mutex(State(labels: process.labels))
    }

    /// CPU time that windows took so far: names, the store, pushes. Nanoseconds.
    var cpuNanoseconds: UInt64 { cpu.nanoseconds }

    var exports: Bool { !runners.isEmpty }

    var destinations: [String] { runners.map(\.exporter.destination) }

    var counts: [(destination: String, counts: [String: Int64])] {
        runners.map {
            ($0.exporter.destination, $0.exporter.counts.merging(["too_slow": Int64($0.lost)]) { own, _ in own })
        }
    }

    /// Of the windows from the next on.
    func setLabels(_ labels: [String: String]) {
        state.withLock { $0.labels = labels.merging(process.identity) { $1 } }
    }

    /// Called on the sampler's thread, in order.
    func take(_ slice: Slice) {
        let (slices, labels, units): ([Sampler.Result], [String: String], Int64) = state.withLock { state in
            for recording in state.recordings.keys {
                state.recordings[recording]?.append(slice.result)
                if state.recordings[recording]?.count ?? 0 > Self.sliceLimit { Self.join(&state.recordings[recording]) }
            }
            state.slices.append(slice.result)
            guard exports else {
                // Recordings cut it again and again.
                if state.slices.count > Self.sliceLimit {
                    state.slices = Sampler.Result.merge(state.slices).map { [$0] } ?? state.slices
                }
                return ([], [:], 0)
            }
            guard slice.endsWindow else { return ([], [:], 0) }
            let total = work.total
            defer {
                state.workDone = total
                if slice.isLast { state.lastWindow = state.slices }
                state.slices = []
            }
            return (state.slices, state.labels, total - state.workDone)
        }
        guard !slices.isEmpty else { return }
        let counts = work.total > 0
        thread.async { self.cpu.measure { self.close(slices, labels, counts ? units : nil) } }
    }

    private static let sliceLimit = 64

    private static func join(_ slices: inout [Sampler.Result]?) {
        if let merged = slices.flatMap(Sampler.Result.merge) { slices = [merged] }
    }

    /// What was sampled in all, `open` on top; where windows are exported, in the one that is open.
    func whole(with open: Sampler.Result?) -> Sampler.Result? {
        Sampler.Result.merge(state.withLock { $0.slices } + [open].compactMap(\.self))
    }

    /// The same when sampling has ended.
    func wholeAtEnd() -> Sampler.Result? {
        Sampler.Result.merge(state.withLock { exports ? $0.lastWindow : $0.slices })
    }

    private func close(_ slices: [Sampler.Result], _ labels: [String: String], _ units: Int64?) {
        guard let merged = Sampler.Result.merge(slices) else { return }
        var profile = symbolizer.symbolize(merged.profile)
        // Windows stand beside each other by the thousand: what is 0 is not said, nor what their rows say.
        profile.attributes["samples"] = nil
        profile.attributes = profile.attributes.filter { $0.value != "0" }
        profile.attributes["profiler"] = "Hearth \(hearthVersion)"
        let number = sequence.withLock { number in
            defer { number += 1 }
            return number
        }
        let window = ProfileWindow(
            profile: profile, sequence: number, process: labels, processStartTime: process.startTime, workUnits: units)
        for runner in runners { runner.offer(window) }
    }

    // MARK: Recordings

    /// From the next slice on.
    func beginRecording() -> Int {
        state.withLock { state in
            state.nextRecording += 1
            state.recordings[state.nextRecording] = []
            return state.nextRecording
        }
    }

    func endRecording(_ recording: Int) -> Sampler.Result? {
        Sampler.Result.merge(state.withLock { $0.recordings.removeValue(forKey: recording) } ?? [])
    }

    // MARK: The end

    /// Returns when all windows have been kept or sent, at the deadline in any case.
    func finish(by deadline: ContinuousClock.Instant) async {
        await withCheckedContinuation { continuation in thread.async { continuation.resume() } }
        await withDiscardingTaskGroup { group in
            for runner in runners { group.addTask { await runner.finish(by: deadline) } }
        }
    }
}
