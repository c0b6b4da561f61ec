public import ServiceLifecycle

/// In a `ServiceGroup` the profiler runs until the group shuts down gracefully, then ends the profile. It never ends the
/// group by itself: one that is off or refused waits like one that runs.
extension Profiler: Service {
    public func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }
}
