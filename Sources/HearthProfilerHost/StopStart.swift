internal import Glibc
internal import HearthLabels
internal import HearthProfile
internal import HearthSampling

/// Starts and stops while threads, label scopes and task groups run on.
///
/// A label or a context read from freed memory, or a clock that outlives its stop, is SIGSEGV or a refused start.
enum StopStart {
    static func run(turns: Int) async throws {
        alarm(UInt32(120 + turns))
        let ends = Flag()
        let labels = (0..<8).map { ProfilingLabels(["turn": "\($0)", "kind": $0 % 2 == 0 ? "even" : "odd"]) }
        let threads = (0..<2).map { number in
            PlainThread {
                while !ends.isSet {
                    withProfilingLabels(labels[number]) { withProfilingLabels(labels[number + 2]) { burn(0.0005) } }
                }
            }
        }
        let tasks = Task.detached {
            while !ends.isSet {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            await withProfilingLabels(labels[number]) {
                                burn(0.0002)
                                await Task.yield()
                                withProfilingLabels(labels[(number + 1) % 8]) { burn(0.0002) }
                            }
                        }
                    }
                }
            }
        }
        // Short threads that are born and end in the middle of a start or a stop.
        let births = PlainThread { while !ends.isSet { PlainThread { burn(0.0001) }.join() } }

        var samples: UInt64 = 0
        var lost: UInt64 = 0
        for turn in 0..<turns {
            let sampler = try Sampler.start(.init(hertz: 4_000))
            if turn % 2 == 0 { await sampler.ready() }
            if turn % 3 == 0 { burn(0.005) }
            let result = await sampler.stop()
            let profile = result.profile
            try Damage.unless(
                profile.total(column: 0) == Int64(result.statistics.samples)
                    && profile.total(column: 1) == Int64(result.statistics.cpuNanoseconds),
                "turn \(turn): the profile is not what was counted")
            samples += result.statistics.samples
            lost += result.statistics.lost
        }
        ends.set()
        for thread in threads + [births] { thread.join() }
        await tasks.value
        print("turns \(turns), samples \(samples), lost \(lost)")
        try Damage.unless(samples > UInt64(turns), "hardly a sample")
    }
}
