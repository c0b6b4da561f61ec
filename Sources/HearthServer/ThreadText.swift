internal import HearthProfile

/// Threads as text: those that stand at the same place together, the most first.
enum ThreadText {
    static func text(_ profile: Profile) -> String {
        var groups: [(count: Int64, row: Int)] = profile.samples.indices.map { (profile.value(row: $0, column: 0), $0) }
        groups.sort { ($1.count, $0.row) < ($0.count, $1.row) }
        let total = profile.total(column: 0)
        var lines = ["\(total) thread\(total == 1 ? "" : "s")"]
        for (count, row) in groups {
            let sample = profile.samples[row]
            let labels = profile.labels[sample.labels].sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines += ["", ([count == 1 ? "1 thread" : "\(count) threads"] + labels).joined(separator: ", ")]
            for frame in profile.stacks.framesLeafFirst(sample.stack) {
                lines.append("    \(profile.displayName(frame))")
            }
        }
        return lines.joined(separator: "\n")
    }
}
