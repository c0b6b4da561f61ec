internal import Glibc
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols

/// Libraries that come and go under running handlers, with the real upkeep of unwind tables.
///
/// A table freed too early, or a rule of a library that is gone taken for one of its successor, ends in SIGSEGV or in
/// stacks without a root; a handler that waits for the loader's lock, in SIGALRM.
enum LibraryLoops {
    /// - Parameter paths: each exports `int hearth_chaos_work(void)`, which works for a millisecond and returns 1.
    static func run(seconds duration: Double, paths: [String]) async throws {
        alarm(UInt32(60 + 20 * duration))
        // A small ring is soon half full: the tables are looked after more often.
        let sampler = try Sampler.start(.init(hertz: 4_000, ringSize: 1 << 14))
        await sampler.ready()
        let end = seconds(CLOCK_MONOTONIC) + duration
        let counts = Counts()
        // Two threads share the first library: one gives it up while the other is in it.
        let threads = (0...paths.count).map { index in
            PlainThread {
                while seconds(CLOCK_MONOTONIC) < end { use(paths[index % paths.count], counts) }
            }
        }
        for thread in threads { thread.join() }
        let result = await sampler.stop()
        print(
            "turns \(counts.turns.value), unloaded \(counts.unloads.value), tables \(result.statistics.tableBytes) bytes"
        )
        try Damage.unless(counts.failures.value == 0, "\(counts.failures.value) libraries could not be used")
        try Damage.unless(counts.unloads.value > 5, "libraries were not unloaded")
        try result.requireAccount("libraries")
        let named = Symbolizer().symbolize(result.profile).hidingThunks()
        let inside = result.samples(through: "hearth_chaos_work", of: named)
        print("in the libraries \(inside), incomplete \(result.statistics.incomplete)")
        try Damage.unless(inside > 10, "the libraries were not sampled")
    }

    private static func use(_ path: String, _ counts: Counts) {
        counts.turns.add()
        guard let library = unsafe dlopen(path, RTLD_NOW), let symbol = unsafe dlsym(library, "hearth_chaos_work")
        else {
            return counts.failures.add()
        }
        let work = unsafe unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)
        for _ in 0..<5 where work() != 1 { counts.failures.add() }
        unsafe dlclose(library)
        if let kept = unsafe dlopen(path, RTLD_NOW | RTLD_NOLOAD) {
            unsafe dlclose(kept)
        } else {
            counts.unloads.add()
        }
    }
}
