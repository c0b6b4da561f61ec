internal import CHearthSampler
internal import Glibc
internal import HearthFiles
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
            Result(profile: Profile(sampling: configuration), statistics: SamplingStatistics())
        }
    }

    /// As it was at the start; ``change(hertz:wallHertz:)`` may have set other rates since.
    public let configuration: SamplingConfiguration

    private enum Request {
        /// Answered when the clocks run.
        case ready(CheckedContinuation<Void, Never>)
        /// Answered when the slice is handed on.
        case cut(CheckedContinuation<Void, Never>)
        case change(hertz: Int, wallHertz: Int, CheckedContinuation<Void, Never>)
        case census(CheckedContinuation<Result, Never>)
        case snapshot(CheckedContinuation<Result, Never>)
        case stop(CheckedContinuation<Result, Never>)

        func answer(_ result: Result) {
            switch self {
            case .ready(let continuation), .cut(let continuation), .change(_, _, let continuation):
                continuation.resume()
            case .census(let continuation), .snapshot(let continuation), .stop(let continuation):
                continuation.resume(returning: result)
            }
        }
    }

    private struct Shared {
        var requests: [Request] = []
        var account = SamplingAccount()
        var result: Result?
        /// Whether labels bound outside and inside tasks can be read, and the callers of parent tasks.
        var readsThreadLabels = false
        var readsTaskLabels = false
        var joinsParents = false
    }

    private let report: (@Sendable (SamplingStatistics) -> Void)?
    private let slices: Slicing?
    private let shared = Mutex(Shared())
    /// The process that this sampler runs in: a forked child has another number and no drain thread.
    private let generation = hearth_process_generation()

    /// Starts sampling every thread of the process, those to come too. Returns at once: the unwind tables are read, and
    /// the clocks started, on Hearth's own thread (some tens of milliseconds later in a release build).
    ///
    /// - Parameters:
    ///   - slices: has what was sampled handed on while sampling goes on; nil keeps all of it for ``snapshot()`` and
    ///     ``stop()``.
    ///   - report: gets the account each ten seconds and at the end, on Hearth's own thread, which does nothing else
    ///     meanwhile.
    public static func start(
        _ configuration: SamplingConfiguration = .init(), slices: Slicing? = nil,
        report: (@Sendable (SamplingStatistics) -> Void)? = nil
    ) throws(SamplingError) -> Sampler {
        guard SamplingConfiguration.hertzRange.contains(configuration.hertz) else {
            throw .rateOutOfRange(configuration.hertz)
        }
        guard SamplingConfiguration.wallHertzRange.contains(configuration.wallHertz) else {
            throw .wallRateOutOfRange(configuration.wallHertz)
        }
        guard !configuration.times.isDisjoint(with: [.cpu, .wall]) else { throw .nothingToSample }
        if configuration.unwinder == .libunwind, !hearth_libunwind_open() {
            throw .libunwindMissing(unsafe String(cString: hearth_libunwind_error()))
        }
        var settings = hearth_configuration(
            cpu_clock: configuration.times.contains(.cpu) ? configuration.clock.code : hearth_clock_none,
            period_ns: UInt64(configuration.period),
            wall_period_ns: configuration.times.contains(.wall) ? UInt64(configuration.wallPeriod) : 0,
            ring_bytes: UInt32(clamping: configuration.ringSize), unwinder: configuration.unwinder.code,
            keep_run_loop: configuration.keepsRunLoop)
        switch unsafe hearth_start(&settings) {
        case hearth_started: break
        case hearth_start_already_running: throw .alreadyRunning
        case hearth_start_no_signal: throw .signalRefused
        case hearth_start_foreign_signal: throw .foreignHandler
        case hearth_start_no_perf: throw .perfRefused(hearth_clock_chosen().perf_error)
        default: throw .noMemory
        }
        let sampler = Sampler(configuration, slices, report)
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
            let joins = await TaskCalibration.run()
            sampler.shared.withLock {
                $0.readsTaskLabels = found
                $0.joinsParents = joins
            }
        }
        return sampler
    }

    private init(
        _ configuration: SamplingConfiguration, _ slices: Slicing?,
        _ report: (@Sendable (SamplingStatistics) -> Void)?
    ) {
        self.configuration = configuration
        self.slices = slices
        self.report = report
        clockDescription = ClockDescription.text(configuration, hearth_clock_chosen())
    }

    /// One line: clocks and why, rates, unwinder.
    public var description: String {
        var parts = [clockDescription]
        if configuration.times.contains(.cpu) { parts.append("\(configuration.hertz) Hz") }
        if configuration.times.contains(.wall) { parts.append("wall clock \(configuration.wallHertz) Hz") }
        parts.append("\(configuration.unwinder.rawValue) unwinder")
        return parts.joined(separator: ", ")
    }

    /// The clock that runs, and why: `timer`, `perf event (time in system calls left out: not granted here)`, …
    public let clockDescription: String

    /// Returns when every thread has its clock, or when sampling has ended.
    public func ready() async {
        await withCheckedContinuation { request(.ready($0)) }
    }

    /// Ends the slice that is open, before its time, and returns when it has been handed on. Does nothing where there are no
    /// slices.
    public func cut() async {
        await withCheckedContinuation { request(.cut($0)) }
    }

    /// Other rates from now on, within ``SamplingConfiguration/hertzRange`` and ``SamplingConfiguration/wallHertzRange``;
    /// they are brought into these. A slice, and with it a window, ends with the old ones.
    public func change(hertz: Int, wallHertz: Int) async {
        await withCheckedContinuation {
            request(
                .change(
                    hertz: SamplingConfiguration.hertzRange.nearest(to: hertz),
                    wallHertz: SamplingConfiguration.wallHertzRange.nearest(to: wallHertz), $0))
        }
    }

    /// Where each thread stands now, running or waiting: a sample a thread, type ``ValueType/threads``. Threads that do not
    /// answer within 0.2 s are missing. Where the wall clock is off every thread is sent a signal, which ends waits in
    /// `poll`, `epoll_wait`, `select` and `nanosleep` with `EINTR`.
    public func census() async -> Result {
        await withCheckedContinuation { request(.census($0)) }
    }

    /// Everything sampled since the start, or of the open slice. Sampling goes on. O(size of the profile) on Hearth's own
    /// thread.
    public func snapshot() async -> Result {
        await withCheckedContinuation { request(.snapshot($0)) }
    }

    /// Ends sampling and gives what was sampled since the start, or in the last slice; a second call gives the same.
    public func stop() async -> Result {
        await withCheckedContinuation { request(.stop($0)) }
    }

    /// The account as of the last drain, at most a second old. O(1).
    public var statistics: SamplingStatistics {
        guard generation == hearth_process_generation() else { return SamplingStatistics() }
        return shared.withLock { $0.account.statistics() }
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

    /// A ring of a megabyte holds some thousand samples and tells when it is half full; nothing else is in a hurry.
    private static let drainInterval: Int64 = 1_000_000_000
    private static let thoroughInterval: Int64 = 10_000_000_000
    private static let governorInterval: Int64 = 5_000_000_000
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
        var configuration = configuration
        var account = SamplingAccount.begin()
        let start = Clock.nanoseconds(CLOCK_MONOTONIC)
        var aggregator = SampleAggregator(
            configuration, startTime: Clock.nanoseconds(CLOCK_REALTIME), monotonicStart: UInt64(start))
        var governor = configuration.costLimit.map { Governor(limit: $0) }
        var governed = account
        hearth_arm()
        hearth_threads_refresh(true)

        var wallPeriod = configuration.times.contains(.wall) ? configuration.wallPeriod : Int64.max / 2
        // Without the wall clock no thread gets its signal, not even once.
        var nextWall = configuration.times.contains(.wall) ? start + min(wallPeriod, Self.drainInterval) : .max
        var nextDrain = start
        var (nextThorough, nextGovernor) = (start + Self.thoroughInterval, start + Self.governorInterval)
        var slice = OpenSlice(start: start, duration: slices?.windowDuration ?? 0)
        var stops: [Request] = []
        var hasCodeToRead = true
        while stops.isEmpty {
            let now = Clock.nanoseconds(CLOCK_MONOTONIC)
            if now < min(nextDrain, nextWall) {
                if hasCodeToRead {
                    hasCodeToRead = modules.readCode()
                    if hearth_drain_wait(0) { nextDrain = 0 }
                    continue
                }
                // Woken before the time, by a request or by a ring that is half full, it drains at once.
                if hearth_drain_wait(UInt64(min(nextDrain, nextWall) - now)) { nextDrain = 0 }
                continue
            }
            if now >= nextWall {
                hearth_wall_turn()
                // Jitter: half a period either way.
                nextWall = Clock.nanoseconds(CLOCK_MONOTONIC) + wallPeriod / 2 + Int64.random(in: 0..<wallPeriod)
            }
            guard now >= nextDrain else { continue }
            nextDrain = min(now + Self.drainInterval, slice.endsAt > now ? slice.endsAt : .max)
            hearth_wall_flush()
            aggregator.drain(modules: modules)
            // After the drain: samples are looked up among the files that were loaded when they were taken.
            modules.refresh()
            hasCodeToRead = modules.unreadCount > 0
            let isThorough = now >= nextThorough
            if isThorough { nextThorough = now + Self.thoroughInterval }
            let threads = hearth_threads_refresh(isThorough)
            account.update(aggregator, modules, threads: threads)
            if now >= nextGovernor {
                let elapsed = now - nextGovernor + Self.governorInterval
                nextGovernor = now + Self.governorInterval
                let (cost, process) = account.spent(since: governed)
                governed = account
                if governor?.consider(cost: cost, process: process, elapsed: UInt64(elapsed), at: now - start) == true,
                    let divisor = governor?.divisor
                {
                    hearth_set_period(UInt64(configuration.period) * UInt64(divisor))
                    if configuration.times.contains(.wall) { wallPeriod = configuration.wallPeriod * Int64(divisor) }
                }
            }
            account.rate(configuration.hertz, governor)
            if let report, isThorough { report(account.statistics()) }
            let requests = shared.withLock { shared in
                shared.account = account
                defer { shared.requests = [] }
                return shared.requests
            }
            if slices != nil, now >= slice.endsAt {
                handOn(&aggregator, account, governor, &slice, configuration, endsWindow: true)
            }
            for request in requests {
                switch request {
                case .stop: stops.append(request)
                case .ready: request.answer(.empty(configuration))
                case .snapshot:
                    request.answer(result(aggregator.profile, account.statistics(), governor, configuration))
                case .census: request.answer(census(&aggregator, modules, account, Int(threads)))
                case .cut:
                    handOn(&aggregator, account, governor, &slice, configuration, endsWindow: false)
                    request.answer(.empty(configuration))
                case .change(let hertz, let wallHertz, _):
                    handOn(&aggregator, account, governor, &slice, configuration, endsWindow: true)
                    (configuration.hertz, configuration.wallHertz) = (hertz, wallHertz)
                    aggregator.configure(configuration)
                    let divisor = governor?.divisor ?? 1
                    hearth_set_period(UInt64(configuration.period) * UInt64(divisor))
                    if configuration.times.contains(.wall) { wallPeriod = configuration.wallPeriod * Int64(divisor) }
                    request.answer(.empty(configuration))
                }
            }
        }

        hearth_disarm()
        hearth_wall_flush()
        aggregator.drain(modules: modules)
        SpanSlots.settleAll()
        account.update(aggregator, modules, threads: 0)
        account.end()
        report?(account.statistics())
        let final: Result
        if slices != nil {
            final = handOn(&aggregator, account, governor, &slice, configuration, endsWindow: true, isLast: true)
        } else {
            final = result(aggregator.profile, account.statistics(), governor, configuration)
        }
        let late = shared.withLock { shared in
            shared.account = account
            shared.result = final
            defer { shared.requests = [] }
            return shared.requests
        }
        hearth_finish()
        for request in stops + late { request.answer(final) }
    }

    private func census(
        _ aggregator: inout SampleAggregator, _ modules: borrowing ModuleTable, _ account: SamplingAccount,
        _ threads: Int
    ) -> Result {
        // With the wall clock each thread's last stack is of this moment.
        let asks = !configuration.times.contains(.wall)
        if asks {
            aggregator.forgetLastStacks()
            hearth_census_begin()
            let end = Clock.nanoseconds(CLOCK_MONOTONIC) + Self.censusPatience
            repeat {
                _ = hearth_drain_wait(2_000_000)
                aggregator.drain(modules: modules)
            } while aggregator.answered < threads && Clock.nanoseconds(CLOCK_MONOTONIC) < end
            hearth_census_end()
        }
        let names = (try? namesInFolder("/proc/self/task")) ?? []
        var profile = aggregator.census(of: Set(names.compactMap { UInt32($0) }))
        if asks { aggregator.forgetLastStacks() }
        profile.startTime = Clock.nanoseconds(CLOCK_REALTIME)
        return Result(profile: profile, statistics: account.statistics())
    }

    private static let censusPatience: Int64 = 200_000_000

    /// Ends the open slice, hands it on and begins the next. Does nothing where there are no slices.
    @discardableResult
    private func handOn(
        _ aggregator: inout SampleAggregator, _ account: SamplingAccount, _ governor: Governor?,
        _ slice: inout OpenSlice, _ configuration: SamplingConfiguration, endsWindow: Bool, isLast: Bool = false
    ) -> Result {
        guard let slices else { return .empty(configuration) }
        let now = Clock.nanoseconds(CLOCK_MONOTONIC)
        let statistics = account.statistics()
        let passed = statistics.since(slice.statistics)
        let profile = aggregator.cut(startTime: Clock.nanoseconds(CLOCK_REALTIME), monotonicStart: UInt64(now))
        var result = result(profile, passed, governor, configuration)
        // By the clock that nobody sets.
        result.profile.duration = now - slice.start
        slices.take(Slice(result: result, endsWindow: endsWindow, isLast: isLast))
        slice.next(start: now, statistics, endsWindow: endsWindow)
        return result
    }

    private func result(
        _ profile: Profile, _ statistics: SamplingStatistics, _ governor: Governor?,
        _ configuration: SamplingConfiguration
    ) -> Result {
        var profile = profile
        profile.duration = Clock.nanoseconds(CLOCK_REALTIME) - profile.startTime
        let (threadLabels, taskLabels, joins) = shared.withLock {
            ($0.readsThreadLabels, $0.readsTaskLabels, $0.joinsParents)
        }
        profile.attributes = [
            "clock": clockDescription,
            "rate": governor?.description(hertz: configuration.hertz) ?? "\(configuration.hertz) Hz",
            "unwinder": configuration.unwinder.rawValue,
            "labels": taskLabels ? "read" : (threadLabels ? "read outside tasks only" : "cannot be read here"),
            "parent-tasks": joins ? "joined" : "cannot be joined here",
            // Nothing else tells which functions of the program are async.
            "tasks": ProgramPath.isStripped
                ? "physical callers only: the program has no symbols" : "logical callers",
        ]
        if configuration.times.contains(.wall) {
            let rate = "\(configuration.wallHertz) Hz"
            profile.attributes["wall-rate"] =
                governor.map { $0.changes.isEmpty ? rate : "\(rate), changed with rate" } ?? rate
        }
        profile.attributes.merge(statistics.attributes) { $1 }
        return Result(profile: profile, statistics: statistics)
    }
}

extension CPUClock {
    fileprivate var code: hearth_clock {
        switch self {
        case .automatic: hearth_clock_automatic
        case .timer: hearth_clock_timer
        case .perf: hearth_clock_perf
        }
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
