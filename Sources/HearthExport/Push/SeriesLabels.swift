internal import HearthProfile

/// The labels of a series, as Pyroscope takes them: names of letters, digits and underscores, `limit` in all with those that
/// it makes of the samples' own labels.
struct SeriesLabels {
    /// `__name__` and `service_name` first.
    private(set) var labels: [(name: String, value: String)]
    /// For each text label of the samples what it is called; those that are not here are one too many.
    private(set) var sampleLabels: [String: String] = [:]
    /// Labels of the process and of the samples that were left out.
    private(set) var leftOut = 0

    static let limit = 30
    /// Bytes of a value, and of a name.
    private static let longestValue = 2_048
    private static let longestName = 1_024
    /// Which lead from a trace to its samples; they are no labels of the series.
    private static let traceLabels: Set<String> = ["trace_id", "span_id"]

    /// - Parameter sampleKeys: of all text labels of the samples.
    init(kind: String, process: [String: String], sampleKeys: Set<String>) {
        var process = process
        let service = process.removeValue(forKey: "service_name") ?? process["service"] ?? ""
        process["service"] = nil
        labels = [
            ("__name__", kind), ("service_name", service.isEmpty ? "unknown" : Self.cut(service, Self.longestValue)),
        ]
        var taken: Set<String> = ["__name__", "service_name"]
        for (name, value) in process.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
            let name = Self.cut(legalLabelName(name), Self.longestName)
            guard labels.count < Self.limit, taken.insert(name).inserted else {
                leftOut += 1
                continue
            }
            labels.append((name, Self.cut(value, Self.longestValue)))
        }
        for key in sampleKeys.sorted() {
            if Self.traceLabels.contains(key) {
                sampleLabels[key] = key
                continue
            }
            let name = Self.cut(legalLabelName(key), Self.longestName)
            guard taken.count < Self.limit, taken.insert(name).inserted else {
                leftOut += 1
                continue
            }
            sampleLabels[key] = name
        }
    }

    /// Cut where a character ends.
    private static func cut(_ text: String, _ bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.startIndex
        while case let next = text.index(after: end), text.utf8.distance(from: text.startIndex, to: next) <= bytes {
            end = next
        }
        return String(text[..<end])
    }
}

/// The name with an underscore for everything that is no letter, digit or underscore; those that begin with two underscores
/// are the receiver's own.
func legalLabelName(_ name: String) -> String {
    var bytes = name.utf8.map { byte -> UInt8 in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: byte
        default: UInt8(ascii: "_")
        }
    }
    while bytes.starts(with: "__".utf8) { bytes.removeFirst() }
    if bytes.first.map({ $0 <= 0x39 }) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
    return String(decoding: bytes, as: UTF8.self)
}

extension Profile {
    /// The keys of the text labels that samples have.
    var textLabelKeys: Set<String> {
        var isUsed = Array(repeating: false, count: labels.count)
        for sample in samples { isUsed[Int(sample.labels.rawValue)] = true }
        var keys: Set<String> = []
        for (set, isUsed) in zip(labels.sets, isUsed) where isUsed {
            for case (let key, .text(_)) in set { keys.insert(key) }
        }
        return keys
    }

    /// Text labels under other names; those without one go, and samples that then are the same become one.
    func renamingTextLabels(_ names: [String: String]) -> Profile {
        var moved: [LabelSetID: LabelSetID] = [:]
        return mapSamples { sample, profile in
            var sample = sample
            if let known = moved[sample.labels] {
                sample.labels = known
                return sample
            }
            var renamed: [String: LabelValue] = [:]
            for (key, value) in profile.labels[sample.labels] {
                if case .number = value { renamed[key] = value } else if let name = names[key] { renamed[name] = value }
            }
            let new = profile.intern(labels: renamed)
            moved[sample.labels] = new
            sample.labels = new
            return sample
        }
    }
}
