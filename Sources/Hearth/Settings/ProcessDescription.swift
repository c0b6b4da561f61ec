internal import Foundation
internal import Glibc

/// What holds for all samples of this process.
struct ProcessDescription: Sendable {
    /// `service`, `host` and `pid`: which process it is.
    let identity: [String: String]
    /// With `version`, `commit` and what else code and environment say.
    let labels: [String: String]
    /// Nanoseconds since 1970, of the profiler's start.
    let startTime: Int64

    var service: String { identity["service"] ?? "" }

    init(service: String, _ configuration: Profiler.Configuration) {
        identity = ["service": service, "host": Self.host, "pid": "\(getpid())"]
        var labels = configuration.labels
        if !configuration.version.isEmpty { labels["version"] = configuration.version }
        if !configuration.commit.isEmpty { labels["commit"] = configuration.commit }
        self.labels = labels.merging(identity) { $1 }
        startTime = Int64(Date().timeIntervalSince1970 * 1e9)
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
