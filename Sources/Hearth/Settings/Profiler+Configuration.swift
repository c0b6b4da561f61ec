public import CoreMetrics
public import HearthProfile
public import HearthSampling
public import Logging

extension Profiler {
    /// How a service is profiled. The variables `HEARTH_*` of the environment override what code says; see
    /// `Docs/Operations.md` for each.
    public struct Configuration: Sendable {
        /// False starts nothing and costs nothing (`HEARTH_ENABLED`).
        public var isEnabled = true
        /// CPU time, the wall clock, or both (`HEARTH_CLOCKS`).
        public var times = SampledTime.cpu
        /// Samples a second of CPU time that a thread uses, 1 to 4,000 (`HEARTH_RATE`).
        public var hertz = 100
        /// Samples a second of the wall clock for each thread, 1 to 1,000 (`HEARTH_WALL_RATE`).
        public var wallHertz = 20
        /// What tells CPU time: timers or perf events.
        public var clock = CPUClock.automatic
        /// Share of the process's CPU time that sampling may take; above it the rates go down. Nil for no limit.
        public var costLimit: Double? = 0.01
        public var unwinder = Unwinder.hybrid

        /// Of the service, and the commit that it was built of; empty where they are not said. `HEARTH_LABELS` and
        /// OpenTelemetry's resource attributes (`service.version`, `vcs.ref.head.revision`) say them too.
        public var version = ""
        public var commit = ""
        /// Labels of all samples of this process (`HEARTH_LABELS=zone=a,tier=front`).
        public var labels: [String: String] = [:]

        /// Length of a window: what is sampled in it is kept or sent as one profile; 1 s to 10 min (`HEARTH_WINDOW`).
        public var window: Duration = .seconds(10)
        /// A folder of this machine in which windows are kept; nil for none (`HEARTH_STORE`).
        public var store: String?
        /// What the store may take: bytes (`HEARTH_STORE_SIZE=512MiB`), and how long a window is kept
        /// (`HEARTH_STORE_AGE=30d`).
        public var storeBytes = 512 << 20
        public var storeAge: Duration = .seconds(30 * 86_400)
        /// Where else windows go.
        public var exporters: [any ProfileExporter] = []
        /// How long ``Profiler/stop()`` waits for the windows to be kept and sent.
        public var shutdownTimeout: Duration = .seconds(5)

        /// Where the line at start, and what goes wrong, is logged.
        public var logger = Logger(label: "hearth")
        /// Where the profiler's account of itself goes, each ten seconds and at the end. Nil for the factory that
        /// `MetricsSystem` has by then.
        public var metrics: (any MetricsFactory)?

        public init() {}
    }
}
