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

    private let shared = Mutex(Shared())

    /// Starts sampling every thread of the process, those to come too. Returns at once: the unwind tables are read, and
    /// the clocks started, on Hearth's own thread (some tens of milliseconds later in a release build).
    public static func start(_ configuration: SamplingConfiguration = .init()) throws(SamplingError) -> Sampler {
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
        default: throw .noMemory
        }
        let sampler = Sampler(configuration)
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

    private init(_ configuration: SamplingConfiguration) { self.configuration = configuration }

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
    public var statistics: SamplingStatistics { shared.withLock { $0.statistics } }

    private func request(_ request: Request) {
        let ended: Result? = shared.withLock {
            if $0.result == nil { $0.requests.append(request) }
            return $0.result
        }
        guard let ended else { return hearth_drain_wake() }
        request.answer(ended)
    }

    // MARK: The drain thread

    private static let drainInterval: UInt32 = 250
    /// Kept over starts: the handler may read the rows at any time, and the next start needs them again.
    private static let modules = Mutex(ModuleTable())

    private func run() { Self.modules.withLock { run(&$0) } }

    private func run(_ modules: inout ModuleTable) {
        let readsLabels = LabelCalibration.calibrateThread()
        shared.withLock { $0.readsThreadLabels = readsLabels }
        modules.refresh()
        let baseline = hearth_read_counters()
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
        let statistics = account(aggregator, modules, baseline, usage, 0)
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
        _ aggregator: SampleAggregator, _ modules: borrowing ModuleTable, _ baseline: hearth_counters, _ usage: Usage,
        _ threads: UInt32
    ) -> SamplingStatistics {
        let now = hearth_read_counters()
        let used = Usage.now()
        var statistics = SamplingStatistics()
        statistics.samples = aggregator.samples
        statistics.weight = aggregator.weight
        statistics.lost =
            (now.lost_ring_full - baseline.lost_ring_full) + (now.lost_no_scratch - baseline.lost_no_scratch)
            + (now.lost_unknown - baseline.lost_unknown)
        statistics.lostWeight = now.missed_weight - baseline.missed_weight
        statistics.truncated = now.truncated - baseline.truncated
        statistics.incomplete = now.gave_up - baseline.gave_up
        statistics.asyncStacks = now.async - baseline.async
        statistics.brokenAsyncStacks = now.async_broken - baseline.async_broken
        statistics.faultsAvoided = now.faults_avoided - baseline.faults_avoided
        statistics.stackOverflow = aggregator.stackOverflow
        statistics.labelOverflow = LabelRegistry.overflow
        statistics.threads = UInt64(threads)
        statistics.threadsRefused = now.threads_refused - baseline.threads_refused
        statistics.handlerNanoseconds = now.handler_ns - baseline.handler_ns
        statistics.drainNanoseconds = used.drain - usage.drain
        let process = used.process - usage.process
        statistics.processNanoseconds = process - min(process, statistics.drainNanoseconds)
        statistics.tableBytes = UInt64(modules.tableBytes)
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

/// CPU time used so far, in nanoseconds.
private struct Usage {
    var process: UInt64
    /// Of the calling thread, which is Hearth's own.
    var drain: UInt64

    static func now() -> Usage {
        Usage(process: UInt64(Clock.nanoseconds(CLOCK_PROCESS_CPUTIME_ID)), drain: hearth_thread_cpu_ns())
    }
}
