public import CoreMetrics
public import HearthSampling
public import Logging

extension Profiler {
    /// How a service is profiled. The variables `HEARTH_*` of the environment override what code says.
    public struct Configuration: Sendable {
        /// False starts nothing and costs nothing (`HEARTH_ENABLED`).
        public var isEnabled = true
        /// Samples a second of CPU time that a thread uses, 1 to 4,000 (`HEARTH_RATE`).
        public var hertz = 100
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
        if let text = environment["HEARTH_RATE"] {
            if let hertz = Int(text), SamplingConfiguration.hertzRange.contains(hertz) {
                self.configuration.hertz = hertz
            } else {
                warn("HEARTH_RATE", text, "a number of samples a second, 1 to 4000", "\(configuration.hertz)")
            }
        }
        if let text = environment["HEARTH_CLOCKS"], text.lowercased() != "cpu" {
            warn("HEARTH_CLOCKS", text, "cpu", "cpu")
        }
    }

    private mutating func warn(_ variable: String, _ text: String, _ wanted: String, _ used: String) {
        warnings.append("\(variable)=\(text) is not \(wanted); \(used) is used")
    }
}
