internal import Hearth

/// The profiler's account of itself in Prometheus' text form, version 0.0.4.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func text(_ profiler: Profiler) -> String {
        let statistics = profiler.statistics
        var lines: [String] = []
        var current = ""
        func add(
            _ name: String, _ type: String, _ help: String, _ labels: [(key: String, value: String)], _ value: String
        ) {
            if name != current {
                lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
                current = name
            }
            let pairs = labels.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
            lines.append("\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value)")
        }
        add(
            "hearth_info", "gauge", "Version of Hearth, and the service.",
            [("service", profiler.service), ("version", hearthVersion)], "1")
        add("hearth_up", "gauge", "Whether the profiler runs.", [], profiler.isRunning ? "1" : "0")
        for metric in AgentMetric.all {
            guard let value = metric.value(statistics) else { continue }
            switch metric.kind {
            case .count: add(metric.name, "counter", metric.help, metric.labels, "\(Int64(value))")
            case .nanoseconds: add(metric.name, "counter", metric.help, metric.labels, "\(value * 1e-9)")
            case .gauge: add(metric.name, "gauge", metric.help, metric.labels, "\(value)")
            }
        }
        add("hearth_work_total", "counter", "Units of work that the service has counted.", [], "\(profiler.work.total)")
        add(
            "hearth_export_cpu_seconds_total", "counter", "CPU time of windows: names, the store, pushes.", [],
            "\(Double(profiler.exportNanoseconds) * 1e-9)")
        for (destination, counts) in profiler.exportCounts {
            for (what, count) in counts.sorted(by: { $0.key < $1.key }) {
                add(
                    "hearth_export_total", "counter", "What became of windows, by where they go.",
                    [("to", destination), ("what", what)], "\(count)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
