internal import Glibc
internal import HearthProfile
internal import HearthSampling

/// Four times more busy threads than processors, and a fraction of one processor for all.
///
/// A profiler that waits for its threads, or thinks a late signal is a lost one, hangs or dies here.
enum Starvation {
    /// - Parameter groupFile: `cgroup.procs` of the group to enter once the clocks run.
    static func run(seconds duration: Double, groupFile: String?) async throws {
        for hertz in [100, 1_000] {
            let sampler = try Sampler.start(.init(hertz: hertz))
            await sampler.ready()
            if let groupFile { try enter(groupFile) }
            let end = seconds(CLOCK_MONOTONIC) + duration
            let threads = (0..<4 * processorCount).map { _ in
                PlainThread { while seconds(CLOCK_MONOTONIC) < end { burn(0.001) } }
            }
            for thread in threads { thread.join() }
            let result = await sampler.stop()
            try result.requireAccount("\(hertz) Hz")
            try Damage.unless(result.statistics.samples > 0, "no sample")
        }
    }

    private static func enter(_ groupFile: String) throws(Damage) {
        guard let file = unsafe fopen(groupFile, "w") else { throw Damage("\(groupFile) cannot be opened") }
        unsafe fputs("\(getpid())\n", file)
        try Damage.unless(unsafe fclose(file) == 0, "\(groupFile) cannot be written")
    }
}
