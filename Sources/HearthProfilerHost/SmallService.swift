internal import Glibc
internal import HearthLabels
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols

/// The smallest service: requests with a label, answered by async functions. Prints what a profile of it holds, one fact a
/// line, for programs that were linked or stripped in several ways.
enum SmallService {
    /// - Parameter deletesItself: takes the program's file away first, as a deploy does under a service that runs.
    static func run(deletesItself: Bool) async throws {
        alarm(60)
        if deletesItself { unsafe unlink(CommandLine.arguments[0]) }
        let sampler = try Sampler.start(.init(hertz: 250))
        await sampler.ready()
        let labels = ProfilingLabels(["endpoint": "/small"])
        await Task.detached {
            for _ in 0..<40 { await withProfilingLabels(labels) { await answerRequest() } }
        }.value
        let result = await sampler.stop()
        let profile = Symbolizer().symbolize(result.profile).hidingThunks()
        var labelled: Int64 = 0
        for (row, sample) in profile.samples.enumerated()
        where profile.labels[sample.labels].contains(where: { $0.key == "endpoint" }) {
            labelled += profile.value(row: row, column: 0)
        }
        print("samples: \(result.statistics.samples)")
        print("labelled: \(labelled)")
        print("named: \(result.samples(through: "lookUpAnswer", of: profile))")
        print("logical-callers: \(result.samples(through: "answerRequest", of: profile))")
        print("incomplete: \(result.statistics.incomplete)")
        for (key, value) in profile.attributes.sorted(by: { $0.key < $1.key }) { print("\(key)= \(value)") }
        try result.requireAccount("service")
    }

    @inline(never) private static func answerRequest() async {
        await prepareAnswer()
        await prepareAnswer()
    }

    @inline(never) private static func prepareAnswer() async {
        await Task.yield()
        lookUpAnswer()
        await Task.yield()
    }

    @inline(never) private static func lookUpAnswer() { burn(0.01) }
}
