internal import Glibc
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols
internal import Synchronization

/// Every thread of the cooperative pool spins for ever: whoever looks for the reason starts a profiler now.
///
/// A start, snapshot or stop that needs a pool thread never returns, and SIGALRM ends the host. The main actor is no way
/// out on Linux, with or without a profiler: once `main` has suspended, its queue is served by threads of the same pool.
enum StuckPool {
    private static let release = Flag()
    private static let spinning = Count()

    @inline(never) private static func spinUntilReleased() {
        spinning.add()
        while !release.isSet {}
    }

    static func run() throws {
        alarm(60)
        // The pool is wider where priorities differ.
        for priority in [TaskPriority.high, .medium, .low, .background] {
            for _ in 0..<processorCount { Task.detached(priority: priority) { spinUntilReleased() } }
        }
        while spinning.value < processorCount { usleep(10_000) }
        let probe = Flag()
        Task.detached { probe.set() }

        let executor = ThreadExecutor()
        let outcome = Outcome()
        let thread = PlainThread {
            executor.run {
                do { outcome.set(try await profile()) } catch { outcome.set("damage: \(error)") }
            }
        }
        thread.join()
        print(outcome.text)
        try Damage.unless(!outcome.text.hasPrefix("damage"), outcome.text)
        try Damage.unless(executor.isDone, "the plain thread's work did not end")
        try Damage.unless(!probe.isSet, "the pool was not stuck")
    }

    /// Starts, snapshots and stops on whatever executor the caller is.
    private nonisolated(nonsending) static func profile() async throws -> String {
        let sampler = try Sampler.start(.init(hertz: 250))
        await sampler.ready()
        burn(0.1)
        let snapshot = await sampler.snapshot()
        burn(0.1)
        let result = await sampler.stop()
        try Damage.unless(snapshot.statistics.samples > 0, "nothing in the snapshot")
        let named = Symbolizer().symbolize(result.profile).hidingThunks()
        let stuck = result.samples(through: "spinUntilReleased", of: named)
        try Damage.unless(stuck > 0, "what blocks the pool is not seen")
        return "\(stuck) of \(result.statistics.samples) samples in what blocks the pool,"
            + " labels: \(result.profile.attributes["labels"] ?? "")"
    }
}

private final class Outcome: Sendable {
    private let value = Mutex("")

    var text: String { value.withLock { $0 } }
    func set(_ text: String) { value.withLock { $0 = text } }
}

/// Runs a task on one thread of its own.
final class ThreadExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let done = Flag()

    var isDone: Bool { done.isSet }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs `body` to its end, on the calling thread.
    func run(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) {
            await body()
            self.done.set()
        }
        while !isDone {
            let next: [UnownedJob] = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            for job in next { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
            if next.isEmpty { usleep(1_000) }
        }
    }
}
