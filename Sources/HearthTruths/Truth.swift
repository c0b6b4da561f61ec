internal import Foundation
internal import HearthLabels
internal import HearthProfile
internal import HearthSampling
internal import HearthSymbols

/// Work whose truth is known, sampled: how far the profile is from it. Tests run these briefly and look at `holds`, the bench
/// runs them longer and prints the figures.
package struct Truth: Sendable {
    /// One figure: a key, dotted and in lower case, and what was measured.
    package struct Figure: Sendable {
        package var key: String
        package var value: Double
        package var unit: String
        package var digits = 0
    }

    package var figures: [Figure] = []
    /// False when chance does not explain the distance (five standard deviations, or one in ten thousand).
    package var holds = true
    package var remarks: [String] = []

    package mutating func add(_ key: String, _ value: Double, _ unit: String, digits: Int = 0) {
        figures.append(Figure(key: key, value: value, unit: unit, digits: digits))
    }

    package mutating func require(_ condition: Bool, _ remark: @autoclosure () -> String) {
        if condition { return }
        holds = false
        remarks.append(remark())
    }

    // MARK: Taking a profile

    /// Samples while `body` runs; stacks of what ran under the label that it is given.
    static func record(
        _ configuration: SamplingConfiguration, keepsThunks: Bool = false,
        _ body: @escaping @Sendable (ProfilingLabels) async throws -> Void
    ) async throws -> (stacks: SampledStacks, result: Sampler.Result) {
        var configuration = configuration
        configuration.costLimit = nil
        let sampler = try Sampler.start(configuration)
        await sampler.ready()
        do {
            let labels = ProfilingLabels(["truth": "yes"])
            try await Task.detached { try await body(labels) }.value
        } catch {
            _ = await sampler.stop()
            throw error
        }
        let result = await sampler.stop()
        let profile = Symbolizer().symbolize(result.profile)
        return (SampledStacks(keepsThunks ? profile : profile.hidingThunks(), labels: ["truth": "yes"]), result)
    }

    /// Runs bodies on threads of their own, each under the label, and returns when all have ended.
    static func onThreads(_ labels: ProfilingLabels, _ bodies: [@Sendable () -> Void]) async throws {
        let threads = bodies.map { body in Thread { withProfilingLabels(labels) { body() } } }
        for thread in threads { thread.start() }
        while !threads.allSatisfy(\.isFinished) { try await Task.sleep(for: .milliseconds(10)) }
    }
}
