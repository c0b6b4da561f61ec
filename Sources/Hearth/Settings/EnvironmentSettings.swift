internal import HearthSampling

/// The variables of the environment, over what code says.
struct EnvironmentSettings {
    private(set) var configuration: Profiler.Configuration
    private(set) var service: String
    /// One line for each value that could not be used; what code says holds in its place.
    private(set) var warnings: [String] = []

    init(service: String = "", _ configuration: Profiler.Configuration, environment: [String: String]) {
        self.configuration = configuration
        self.service = service
        let coded = configuration
        read("HEARTH_ENABLED", environment, "true or false", "\(coded.isEnabled)", SettingText.flag) {
            $0.configuration.isEnabled = $1
        }
        readRate("HEARTH_RATE", environment, SamplingConfiguration.hertzRange, \.hertz)
        readRate("HEARTH_WALL_RATE", environment, SamplingConfiguration.wallHertzRange, \.wallHertz)
        read("HEARTH_CLOCKS", environment, "cpu, wall or cpu,wall", coded.times.names, SampledTime.init(names:)) {
            $0.configuration.times = $1
        }
        let window = { SettingText.duration($0).flatMap { Profiler.Configuration.isWindow($0) ? $0 : nil } }
        read("HEARTH_WINDOW", environment, "a time from 1s to 10m", SettingText.text(coded.window), window) {
            $0.configuration.window = $1
        }
        read("HEARTH_STORE", environment, "a folder", coded.store ?? "none", SettingText.path) {
            $0.configuration.store = $1
        }
        let size = { SettingText.bytes($0).flatMap { $0 >= 1 << 20 ? $0 : nil } }
        read("HEARTH_STORE_SIZE", environment, "a size from 1MiB on", "\(coded.storeBytes) bytes", size) {
            $0.configuration.storeBytes = $1
        }
        read(
            "HEARTH_STORE_AGE", environment, "a time such as 30d or 12h", SettingText.text(coded.storeAge),
            SettingText.duration
        ) { $0.configuration.storeAge = $1 }
        readLabels(environment)
        if !Profiler.Configuration.isWindow(self.configuration.window) {
            warnings.append("a window of \(SettingText.text(configuration.window)) is not from 1s to 10m; 10s is used")
            self.configuration.window = .seconds(10)
        }
    }

    /// OpenTelemetry's resource says what holds for all signals of the service; HEARTH_LABELS stands above it.
    private mutating func readLabels(_ environment: [String: String]) {
        var labels: [String: String] = [:]
        for (variable, isEncoded) in [("OTEL_RESOURCE_ATTRIBUTES", true), ("HEARTH_LABELS", false)] {
            read(
                variable, environment, "a list as in key=value,key=value", "none of it",
                { text in
                    SettingText.labels(text, isPercentEncoded: isEncoded)
                }
            ) { labels.merge($1) { $1 } }
        }
        if let name = labels.removeValue(forKey: "service.name"), !name.isEmpty { service = name }
        if let name = environment["OTEL_SERVICE_NAME"], !name.isEmpty { service = name }
        for (key, path) in [
            ("service.version", \Profiler.Configuration.version), ("vcs.ref.head.revision", \.commit),
            ("version", \.version), ("commit", \.commit),
        ] {
            if let value = labels.removeValue(forKey: key) { configuration[keyPath: path] = value }
        }
        configuration.labels.merge(labels) { $1 }
    }

    private mutating func readRate(
        _ variable: String, _ environment: [String: String], _ range: ClosedRange<Int>,
        _ setting: WritableKeyPath<Profiler.Configuration, Int>
    ) {
        let rate = { (text: String) in Int(text).flatMap { range.contains($0) ? $0 : nil } }
        let wanted = "a number of samples a second, \(range.lowerBound) to \(range.upperBound)"
        read(variable, environment, wanted, "\(configuration[keyPath: setting])", rate) {
            $0.configuration[keyPath: setting] = $1
        }
    }

    private mutating func read<Value>(
        _ variable: String, _ environment: [String: String], _ wanted: String, _ used: String,
        _ parse: (String) -> Value?, _ set: (inout EnvironmentSettings, Value) -> Void
    ) {
        guard let text = environment[variable] else { return }
        if let value = parse(text) {
            set(&self, value)
        } else {
            warnings.append("\(variable)=\(text) is not \(wanted); \(used) is used")
        }
    }
}

extension Profiler.Configuration {
    fileprivate static func isWindow(_ duration: Duration) -> Bool {
        duration >= .seconds(1) && duration <= .seconds(600)
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
