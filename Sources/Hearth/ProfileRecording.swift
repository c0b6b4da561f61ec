public import HearthProfile

/// A recording of a profiler that runs. One that is dropped keeps what is sampled until the profiler ends: finish or cancel it.
/// Thread-safe.
public struct ProfileRecording: Sendable {
    let profiler: Profiler
    let number: Int

    /// What was sampled since the recording began, in the whole process, with names; empty where nothing ran, and the second
    /// time.
    public func finish() async -> Profile { await profiler.finish(number) }

    /// Lets go of what was sampled.
    public func cancel() { _ = profiler.pipeline.endRecording(number) }
}
