/// Whose windows these are: one run of one service.
public struct StoredProcess: Hashable, Sendable {
    /// `service`, `host`, `version`, `commit`, `pid` and what else holds for all of its samples. They are looked for by
    /// ``StoreQuery/labels`` as the labels of samples are.
    public var labels: [String: String]
    /// Nanoseconds since 1970; 0 when not known.
    public var startTime: Int64

    public init(labels: [String: String] = [:], startTime: Int64 = 0) {
        self.labels = labels
        self.startTime = startTime
    }

    /// - Parameters:
    ///   - version: of the service, such as `1.4`.
    ///   - commit: the commit that it was built of.
    ///   - labels: more of them; those above win.
    public init(
        service: String, host: String? = nil, version: String? = nil, commit: String? = nil, pid: Int32? = nil,
        startTime: Int64 = 0, labels: [String: String] = [:]
    ) {
        var labels = labels
        labels["service"] = service
        for (key, value) in [("host", host), ("version", version), ("commit", commit), ("pid", pid.map(String.init))] {
            if let value { labels[key] = value }
        }
        self.init(labels: labels, startTime: startTime)
    }
}
