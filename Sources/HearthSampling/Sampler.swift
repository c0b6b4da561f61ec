internal import CHearthSampler
internal import Glibc
internal import HearthLabels
public import HearthProfile
internal import Synchronization

/// The one sampler of a process: clocks on every thread, a ring, and the drain thread that makes a profile of it.
///
/// Thread-safe. It runs until ``stop()``; dropping the value does not stop it.
public final class Sampler: Sendable {
    /// A profile with addresses in place of names, and the account of how it was taken.
    public struct Result: Sendable {
        public var profile: Profile
        public var statistics: SamplingStatistics

        fileprivate static func empty(_ configuration: SamplingConfiguration) -> Result {
            let profile = Profile(
                sampleTypes: [.samples, .cpu], defaultSampleType: 1, periodType: .cpu, period: configuration.period)
            return Result(profile: profile, statistics: SamplingStatistics())
        }
    }

    public let configuration: SamplingConfiguration

    private enum Request {
        /// Answered when the clocks run.
        case ready(CheckedContinuation<Void, Never>)
        case snapshot(CheckedContinuation<Result, Never>)
        case stop(CheckedContinuation<Result, Never>)

        func answer(_ result: Result) {
            switch self {
            case .ready(let continuation): continuation.resume()
            case .snapshot(let continuation), .stop(let continuation): continuation.resume(returning: result)
            }
        }
    }

    private struct Shared {
        var requests: [Request] = []
        var statistics = SamplingStatistics()
        var result: Result?
        /// Whether labels bound outside and inside tasks can be read.
        var readsThreadLabels = false
        var readsTaskLabels = false
    }

    private let report: (@Sendable (SamplingStatistics) -> Void)?
    private let shared = Mutex(Shared())
    /// The process that this sampler runs in: a forked child has another number and no drain thread.
    private let generation = hearth_process_generation()

    /// Starts sampling every thread of the process, those to come too. Returns at once: the unwind tables are read, and
    /// the clocks started, on Hearth's own thread (some tens of milliseconds later in a release build).
    ///
    /// - Parameter report: gets the account each ten seconds and at the end, on Hearth's own thread, which does nothing
    ///   else meanwhile.
    public static func start(
        _ configuration: SamplingConfiguration = .init(), report: (@Sendable (SamplingStatistics) -> Void)? = nil
    ) throws(SamplingError) -> Sampler {
        guard SamplingConfiguration.hertzRange.contains(configuration.hertz) else {
            throw .rateOutOfRange(configuration.hertz)
        }
        if configuration.unwinder == .libunwind, !hearth_libunwind_open() {
            throw .libunwindMissing(unsafe String(cString: hearth_libunwind_error()))
        }
        var settings = hearth_configuration(
            period_ns: UInt64(configuration.period), ring_bytes: UInt32(clamping: configuration.ringSize),
            unwinder: configuration.unwinder.code, keep_run_loop: configuration.keepsRunLoop)
        switch unsafe hearth_start(&settings) {
        case hearth_started: break
        case hearth_start_already_running: throw .alreadyRunning
        case hearth_start_no_signal: throw .signalRefused
        case hearth_start_foreign_signal: throw .foreignHandler
        default: throw .noMemory
        }
        let sampler = Sampler(configuration, report)
        let context = unsafe Unmanaged.passRetained(sampler)
        let code = unsafe hearth_drain_start(
            { unsafe Unmanaged<Sampler>.fromOpaque($0!).takeRetainedValue().run() }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            hearth_finish()
            throw .threadRefused(code)
        }
        Task.detached(priority: .high) { [sampler] in
            let found = await LabelCalibration.calibrateTask()
            sampler.shared.withLock { $0.readsTaskLabels = found }
        }
        return sampler
    }

    private init(_ configuration: SamplingConfiguration, _ report: (@Sendable (SamplingStatistics) -> Void)?) {
        self.configuration = configuration
        self.report = report
    }

    /// Returns when every thread has its clock, or when sampling has ended.
    public func ready() async {
        await withCheckedContinuation { request(.ready($0)) }
    }

    /// Everything sampled since the start. Sampling goes on. O(size of the profile) on Hearth's own thread.
    public func snapshot() async -> Result {
        await withCheckedContinuation { request(.snapshot($0)) }
    }

    /// Ends sampling and gives what was sampled since the start; a second call gives the same.
    public func stop() async -> Result {
        await withCheckedContinuation { request(.stop($0)) }
    }

    /// The account as of the last drain, at most a quarter of a second old.
    public var statistics: SamplingStatistics {
        generation == hearth_process_generation() ? shared.withLock { $0.statistics } : SamplingStatistics()
    }

    private func request(_ request: Request) {
        // A child of a fork inherits the value and not the thread that would answer. Nor the lock: the thread may have held it.
        guard generation == hearth_process_generation() else { return request.answer(.empty(configuration)) }
        let ended: Result? = shared.withLock {
            if $0.result == nil { $0.requests.append(request) }
            return $0.result
        }
        guard let ended else { return hearth_drain_wake() }
        request.answer(ended)
    }

    // MARK: The drain thread

    private static let drainInterval: UInt32 = 250
    /// Kept over starts: the handler may read the rows at any time, and the next start needs them again. By process: the
    /// lock of a table is held by the drain thread as long as it runs, so a forked child inherits it held.
    private static let modules = Mutex<[UInt64: ModuleTableBox]>([:])

    private final class ModuleTableBox: Sendable {
        let table = Mutex(ModuleTable())
    }

    private func run() {
        let box = Self.modules.withLock { boxes in
            let box = boxes[generation] ?? ModuleTableBox()
            boxes[generation] = box
            return box
        }
        box.table.withLock { run(&$0) }
    }

    private func run(_ modules: inout ModuleTable) {
        let readsLabels = LabelCalibration.calibrateThread()
        shared.withLock { $0.readsThreadLabels = readsLabels }
        modules.refresh()
        SpanSlots.settleAll()
        let baseline = Baseline(
            counters: hearth_read_counters(), handlerTimes: HandlerTimes.now(), spans: SpanSlots.counters)
        var aggregator = SampleAggregator(
            configuration, startTime: Clock.nanoseconds(CLOCK_REALTIME),
            monotonicStart: UInt64(Clock.nanoseconds(CLOCK_MONOTONIC_COARSE)))
        let usage = Usage.now()
        hearth_arm()
        hearth_threads_refresh(true)

        var turn = 0
        var stops: [Request] = []
        while stops.isEmpty {
            hearth_drain_wait(Self.drainInterval)
            turn += 1
            aggregator.drain(modules: modules)
            // After the drain: samples are looked up among the files that were loaded when they were taken.
            modules.refresh()
            let threads = hearth_threads_refresh(turn % 40 == 0)
            if turn % 40 == 0 { aggregator.forgetThreadNames() }
            let statistics = account(aggregator, modules, baseline, usage, threads)
            if let report, turn % 40 == 0 { report(statistics) }
            let requests = shared.withLock { shared in
                shared.statistics = statistics
                defer { shared.requests = [] }
                return shared.requests
            }
            for request in requests {
                switch request {
                case .stop: stops.append(request)
                case .snapshot, .ready: request.answer(result(aggregator, statistics))
                }
            }
        }

        hearth_disarm()
        aggregator.drain(modules: modules)
        SpanSlots.settleAll()
        let statistics = account(aggregator, modules, baseline, usage, 0)
        report?(statistics)
        let final = result(aggregator, statistics)
        let late = shared.withLock { shared in
            shared.statistics = statistics
            shared.result = final
            defer { shared.requests = [] }
            return shared.requests
        }
        hearth_finish()
        for request in stops + late { request.answer(final) }
    }

    private func account(
        _ aggregator: SampleAggregator, _ modules: borrowing ModuleTable, _ baseline: Baseline, _ usage: Usage,
        _ threads: UInt32
    ) -> SamplingStatistics {
        let now = hearth_read_counters()
        let handlerTimes = HandlerTimes.now().since(baseline.handlerTimes)
        let spans = (
            overflow: SpanSlots.counters.overflow.since(baseline.spans.overflow),
            stale: SpanSlots.counters.stale.since(baseline.spans.stale)
        )
        let baseline = baseline.counters
        let used = Usage.now()
        var statistics = SamplingStatistics()
        statistics.samples = aggregator.samples
        statistics.weight = aggregator.weight
        statistics.lost =
            now.lost_ring_full.since(baseline.lost_ring_full) + now.lost_no_scratch.since(baseline.lost_no_scratch)
            + now.lost_unknown.since(baseline.lost_unknown)
        statistics.lostWeight = now.missed_weight.since(baseline.missed_weight)
        statistics.truncated = now.truncated.since(baseline.truncated)
        statistics.incomplete = now.gave_up.since(baseline.gave_up)
        statistics.asyncStacks = now.async.since(baseline.async)
        statistics.brokenAsyncStacks = now.async_broken.since(baseline.async_broken)
        statistics.faultsAvoided = now.faults_avoided.since(baseline.faults_avoided)
        statistics.stackOverflow = aggregator.stackOverflow
        statistics.rowOverflow = aggregator.rowOverflow
        statistics.spanOverflow = spans.overflow
        statistics.spansLost = aggregator.spansLost + spans.stale
        statistics.threadsBlocked = now.threads_blocked.since(baseline.threads_blocked)
        statistics.labelOverflow = LabelRegistry.overflow
        statistics.threads = UInt64(threads)
        statistics.threadsRefused = now.threads_refused.since(baseline.threads_refused)
        statistics.handlerTimes = handlerTimes
        statistics.handlerNanoseconds = now.handler_ns.since(baseline.handler_ns)
        statistics.drainNanoseconds = used.drain.since(usage.drain)
        let process = used.process.since(usage.process)
        statistics.processNanoseconds = process.since(statistics.drainNanoseconds)
        statistics.tableBytes = UInt64(modules.tableBytes)
        statistics.memoryBytes = statistics.tableBytes + UInt64(configuration.ringSize + aggregator.byteCount)
        return statistics
    }

    private func result(_ aggregator: SampleAggregator, _ statistics: SamplingStatistics) -> Result {
        var profile = aggregator.profile
        profile.duration = Clock.nanoseconds(CLOCK_REALTIME) - profile.startTime
        let (threadLabels, taskLabels) = shared.withLock { ($0.readsThreadLabels, $0.readsTaskLabels) }
        profile.attributes = [
            "clock": "timer (CPU time of each thread)",
            "rate": "\(configuration.hertz) Hz",
            "unwinder": configuration.unwinder.rawValue,
            "labels": taskLabels ? "read" : (threadLabels ? "read outside tasks only" : "cannot be read here"),
            "samples": "\(statistics.samples)",
            "lost": "\(statistics.lost)",
            "truncated": "\(statistics.truncated)",
            "incomplete": "\(statistics.incomplete)",
            "async": "\(statistics.asyncStacks)",
            "async-broken": "\(statistics.brokenAsyncStacks)",
        ]
        if let coverage = statistics.coverage(period: configuration.period) {
            let thousandths = Int((coverage * 1000).rounded())
            let digits = String(1000 + thousandths % 1000).dropFirst()
            profile.attributes["coverage"] = "\(thousandths / 1000).\(digits)"
        }
        return Result(profile: profile, statistics: statistics)
    }
}

extension Unwinder {
    fileprivate var code: hearth_unwinder {
        switch self {
        case .hybrid: hearth_unwinder_hybrid
        case .framePointers: hearth_unwinder_frame_pointers
        case .libunwind: hearth_unwinder_libunwind
        }
    }
}

extension UInt64 {
    /// What was counted since `earlier`. Never traps: accounting must not end the host, even where a clock goes back.
    fileprivate func since(_ earlier: UInt64) -> UInt64 { self > earlier ? self - earlier : 0 }
}

/// What the process had counted when a sampler started: counters run on from one to the next.
private struct Baseline {
    var counters: hearth_counters
    var handlerTimes: HandlerTimes
    var spans: (overflow: UInt64, stale: UInt64)
}

/// CPU time used so far, in nanoseconds.
private struct Usage {
    var process: UInt64
    /// Of the calling thread, which is Hearth's own.
    var drain: UInt64

    static func now() -> Usage {
        Usage(process: UInt64(Clock.nanoseconds(CLOCK_PROCESS_CPUTIME_ID)), drain: hearth_thread_cpu_ns())
    }
}
