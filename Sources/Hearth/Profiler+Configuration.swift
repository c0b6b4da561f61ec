public import CoreMetrics
public import HearthSampling
public import Logging

extension Profiler {
    /// How a service is profiled. The variables `HEARTH_*` of the environment override what code says.
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
        /// Where the line at start, and what goes wrong, is logged.
        public var logger = Logger(label: "hearth")
        /// Where the profiler's account of itself goes, each ten seconds and at the end. Nil for the factory that
        /// `MetricsSystem` has by then.
        public var metrics: (any MetricsFactory)?

        public init() {}
    }
}

/// The variables of the environment, over what code says.
struct EnvironmentSettings {
    private(set) var configuration: Profiler.Configuration
    /// One line for each value that could not be used; what code says holds in its place.
    private(set) var warnings: [String] = []

    init(_ configuration: Profiler.Configuration, environment: [String: String]) {
        self.configuration = configuration
        if let text = environment["HEARTH_ENABLED"] {
            switch text.lowercased() {
            case "1", "true", "yes", "on": self.configuration.isEnabled = true
            case "0", "false", "no", "off": self.configuration.isEnabled = false
            default: warn("HEARTH_ENABLED", text, "true or false", "\(configuration.isEnabled)")
            }
        }
        if let rate = rate("HEARTH_RATE", environment, SamplingConfiguration.hertzRange, configuration.hertz) {
            self.configuration.hertz = rate
        }
        if let rate = rate(
            "HEARTH_WALL_RATE", environment, SamplingConfiguration.wallHertzRange, configuration.wallHertz)
        {
            self.configuration.wallHertz = rate
        }
        if let text = environment["HEARTH_CLOCKS"] {
            if let times = SampledTime(names: text) {
                self.configuration.times = times
            } else {
                warn("HEARTH_CLOCKS", text, "cpu, wall or cpu,wall", configuration.times.names)
            }
        }
    }

    private mutating func rate(
        _ variable: String, _ environment: [String: String], _ range: ClosedRange<Int>, _ coded: Int
    ) -> Int? {
        guard let text = environment[variable] else { return nil }
        if let hertz = Int(text), range.contains(hertz) { return hertz }
        warn(variable, text, "a number of samples a second, \(range.lowerBound) to \(range.upperBound)", "\(coded)")
        return nil
    }

    private mutating func warn(_ variable: String, _ text: String, _ wanted: String, _ used: String) {
        warnings.append("\(variable)=\(text) is not \(wanted); \(used) is used")
    }
}

extension SampledTime {
    /// `cpu`, `wall` or both with a comma, in any case; nil for anything else.
    init?(names: String) {
        self = []
        for name in names.split(separator: ",", omittingEmptySubsequences: false) {
            switch name.lowercased().filter({ $0 != " " }) {
            case "cpu": insert(.cpu)
            case "wall": insert(.wall)
            default: return nil
            }
        }
    }

    var names: String {
        [contains(.cpu) ? "cpu" : nil, contains(.wall) ? "wall" : nil].compactMap(\.self).joined(separator: ",")
    }
}

extension SamplingConfiguration {
    init(_ configuration: Profiler.Configuration) {
        self.init(
            hertz: configuration.hertz, times: configuration.times, wallHertz: configuration.wallHertz,
            clock: configuration.clock, unwinder: configuration.unwinder, costLimit: configuration.costLimit)
    }
}
