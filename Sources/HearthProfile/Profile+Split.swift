extension Profile {
    /// The samples apart by what their labels say: a profile for every combination of values that occurs, in the order in
    /// which it first occurs, nil standing for a label that a sample lacks. The parts have all tables of the whole, so
    /// handles of the one are good in the others. O(samples + label sets).
    ///
    /// - Parameter keys: labels; without any, the whole profile is the one part.
    public func split(by keys: [String]) -> [(values: [LabelValue?], profile: Profile)] {
        var empty = self
        empty.removeSamples()
        var parts: [(values: [LabelValue?], profile: Profile)] = []
        var indexes: [[LabelValue?]: Int] = [:]
        var partOfSet: [Int?] = Array(repeating: nil, count: labels.count)
        for (row, sample) in samples.enumerated() {
            let set = Int(sample.labels.rawValue)
            let part: Int
            if let known = partOfSet[set] {
                part = known
            } else {
                let values = keys.map { labels.sets[set][$0] }
                part = indexes[values] ?? parts.count
                if part == parts.count { parts.append((values, empty)) }
                indexes[values] = part
                partOfSet[set] = part
            }
            parts[part].profile.add(sample, values: self.values(row: row))
        }
        return parts
    }
}
