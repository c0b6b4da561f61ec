public import HearthProfile
internal import HearthSampling
internal import HearthSymbols

extension Profiler {
    /// What to sample for a single recording.
    public struct Recording: Sendable {
        var hertz: Int

        /// CPU time of every thread of the process.
        public static func cpu(hertz: Int = 100) -> Recording { Recording(hertz: hertz) }
    }

    /// Profiles the whole process while `body` runs.
    ///
    /// - Throws: what `body` throws; ``SamplingError`` when sampling cannot start, as when a profiler is running already.
    public static func record(
        _ recording: Recording = .cpu(), _ body: () async throws -> Void
    ) async throws -> Profile {
        let sampler = try Sampler.start(SamplingConfiguration(hertz: recording.hertz))
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
