public import HearthProfile
internal import HearthSampling
internal import HearthSymbols

extension Profiler {
    /// What to sample for a single recording.
    public struct Recording: Sendable {
        var configuration: SamplingConfiguration

        /// CPU time of every thread of the process.
        public static func cpu(hertz: Int = 100) -> Recording {
            Recording(configuration: SamplingConfiguration(hertz: hertz, costLimit: nil))
        }

        /// Time that passes for every thread of the process, running or waiting (label `state`).
        public static func wall(hertz: Int = 20) -> Recording {
            Recording(configuration: SamplingConfiguration(times: .wall, wallHertz: hertz, costLimit: nil))
        }
    }

    /// Profiles the whole process while `body` runs.
    ///
    /// - Throws: what `body` throws; `SamplingError` when sampling cannot start, as when a profiler is running already.
    public static func record(
        _ recording: Recording = .cpu(), _ body: () async throws -> Void
    ) async throws -> Profile {
        let sampler = try Sampler.start(recording.configuration)
        await sampler.ready()
        do {
            try await body()
        } catch {
            _ = await sampler.stop()
            throw error
        }
        return Symbolizer().symbolize(await sampler.stop().profile)
    }
}
