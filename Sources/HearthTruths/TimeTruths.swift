internal import Foundation
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols
internal import Synchronization

/// When something ran.
extension Truth {
    /// Two functions, some seconds between them: the samples of each are in the time blocks in which it ran, so that runs cut
    /// out of the profile show what ran when.
    package static func timeBlocks(seconds: Double, hertz: Int) async throws -> Truth {
        let phases = Mutex([String: ClosedRange<Int64>]())
        let (_, result) = try await record(.init(hertz: hertz)) { labels in
            try await onThreads(
                labels,
                [
                    {
                        let heavy = span { _ = Workload.heavyWork(seconds: seconds) }
                        usleep(2_200_000)
                        let light = span { _ = Workload.lightWork(seconds: seconds) }
                        phases.withLock { $0 = ["heavyWork": heavy, "lightWork": light] }
                    }
                ])
        }
        var truth = Truth()
        let profile = Symbolizer().symbolize(result.profile)
        truth.require(profile.blockDuration == 1_000_000_000, "blocks of \(profile.blockDuration) ns")
        truth.require(profile.blockCount >= 3, "\(profile.blockCount) blocks")
        let runs = try profile.cut(into: profile.blockCount).map { ($0, SampledStacks($0, labels: ["truth": "yes"])) }
        for (name, phase) in phases.withLock({ $0 }) {
            let inRuns = runs.map { $0.1.nanoseconds(through: name, column: 1) * 1e-9 }
            let expected = runs.map { run, _ in
                run.startTime < phase.upperBound && phase.lowerBound < run.startTime + run.duration
            }
            let inside = zip(inRuns, expected).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
            truth.add("time-blocks.\(name)", inside, "s", digits: 2)
            truth.require(inside > 0.5 * seconds, "\(inside) of \(seconds) s of \(name) in \(inRuns)")
            truth.require(inside == inRuns.reduce(0, +), "\(name) outside of \(expected): \(inRuns)")
        }
        return truth
    }

    /// From when to when something ran, in nanoseconds since 1970, with some room for clocks read one after the other.
    private static func span(_ body: () -> Void) -> ClosedRange<Int64> {
        let start = Date().timeIntervalSince1970 - 0.05
        body()
        return Int64(start * 1e9)...Int64((Date().timeIntervalSince1970 + 0.05) * 1e9)
    }
}
