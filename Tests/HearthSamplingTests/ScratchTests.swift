import Glibc
import HearthLabels
import HearthProfile
import HearthSampling
import Testing

@inline(never) func spin(_ seconds: Double) -> UInt64 {
    var x: UInt64 = 1
    var ts = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts)
    let end = Double(ts.tv_sec) + Double(ts.tv_nsec) * 1e-9 + seconds
    while true {
        for _ in 0..<10000 { x = x &* 6364136223846793005 &+ 1442695040888963407 }
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts)
        if Double(ts.tv_sec) + Double(ts.tv_nsec) * 1e-9 > end { return x }
    }
}

@Suite(.serialized) struct ScratchTests {
    @Test(arguments: Unwinder.allCases) func scratch(_ unwinder: Unwinder) async throws {
        let sampler = try Sampler.start(.init(hertz: 250, unwinder: unwinder))
        usleep(300_000)
        let labels = ProfilingLabels(["test": "a"])
        let inner = ProfilingLabels(["inner": "b"])
        await Task.detached {
            await withProfilingLabels(labels) {
                _ = spin(0.5)
                await Task.yield()
                withProfilingLabels(inner) { _ = spin(0.5) }
            }
        }.value
        let r = await sampler.stop()
        print(r.statistics)
        print(r.profile.attributes)
        for (row, s) in r.profile.samples.enumerated().prefix(12) {
            print(r.profile.labels[s.labels], s.block!, r.profile.values(row: row).map { $0 })
            var d: [String] = []
            for f in r.profile.stacks.framesLeafFirst(s.stack) {
                d.append(r.profile.displayName(f))
            }
            print("   ", d.joined(separator: " < "))
        }
    }
}
