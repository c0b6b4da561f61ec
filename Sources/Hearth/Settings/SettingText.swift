/// Values of settings as people write them. All answer nil for what they do not understand.
package enum SettingText {
    package static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off": false
        default: nil
        }
    }

    /// Not empty.
    package static func path(_ text: String) -> String? { text.isEmpty ? nil : text }

    /// `10s`, `500ms`, `5m`, `12h`, `30d`, or seconds without a unit; above 0.
    package static func duration(_ text: String) -> Duration? {
        let units: [(suffix: String, milliseconds: Double)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1_000),
        ]
        return scaled(text, units.map { ($0.suffix, $0.milliseconds) }).flatMap { milliseconds in
            // A thousand years: what is more is a mistake.
            milliseconds >= 1 && milliseconds < 3.2e13 ? .milliseconds(Int64(milliseconds)) : nil
        }
    }

    /// `512MiB`, `2GB`, `64k`, or bytes without a unit; above 0.
    package static func bytes(_ text: String) -> Int? {
        let units: [(String, Double)] = [
            ("kib", 1_024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776), ("kb", 1e3),
            ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("k", 1_024), ("m", 1_048_576), ("g", 1_073_741_824), ("b", 1),
            ("", 1),
        ]
        return scaled(text, units).flatMap { $0 >= 1 && $0 < 9e18 ? Int($0) : nil }
    }

    /// `key=value,key=value`; an empty text is no labels.
    ///
    /// - Parameter isPercentEncoded: whether values are, as in OpenTelemetry's variables.
    package static func labels(_ text: String, isPercentEncoded: Bool) -> [String: String]? {
        var labels: [String: String] = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = trimmed(parts[0])
            guard parts.count == 2, !key.isEmpty else { return nil }
            let value = trimmed(parts[1])
            guard let plain = isPercentEncoded ? decoded(value) : value else { return nil }
            labels[key] = plain
        }
        return labels
    }

    /// `10s`, `1.5s`, `30d`.
    package static func text(_ duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        for (suffix, unit) in [("d", 86_400.0), ("h", 3_600), ("m", 60)] where seconds >= unit {
            let count = seconds / unit
            if count == count.rounded() { return "\(Int(count))\(suffix)" }
        }
        return seconds == seconds.rounded() ? "\(Int(seconds))s" : "\(seconds)s"
    }

    private static func scaled(_ text: String, _ units: [(suffix: String, factor: Double)]) -> Double? {
        let lower = text.lowercased()
        for unit in units where lower.hasSuffix(unit.suffix) {
            let number = trimmed(lower.dropLast(unit.suffix.count))
            guard number.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 || $0 == 46 }), let value = Double(number) else {
                continue
            }
            return value * unit.factor
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
