import HearthProfile

/// The stacks of a profile as lists of names, for assertions.
struct SampledStacks {
    struct Entry {
        /// Root first.
        var names: [String]
        var labels: [String: String]
        var samples: Int64
        /// Of the second column, the first that is a time.
        var nanoseconds: Int64
        var columns: [Int64]
    }

    var entries: [Entry]

    /// - Parameter labels: only samples that carry all of these.
    init(_ profile: Profile, labels wanted: [String: String] = [:]) {
        entries = profile.samples.enumerated().compactMap { row, sample in
            let labels = profile.labels[sample.labels].mapValues(\.description)
            guard wanted.allSatisfy({ labels[$0.key] == $0.value }) else { return nil }
            return Entry(
                names: profile.stacks.framesLeafFirst(sample.stack).map { profile.displayName($0) }.reversed(),
                labels: labels, samples: profile.value(row: row, column: 0),
                nanoseconds: profile.value(row: row, column: 1),
                columns: profile.sampleTypes.indices.map { profile.value(row: row, column: $0) })
        }
    }

    var samples: Int64 { entries.reduce(0) { $0 + $1.samples } }

    func samples(through name: String) -> Int64 {
        entries.filter { $0.names.contains { $0.contains(name) } }.reduce(0) { $0 + $1.samples }
    }

    func nanoseconds(through name: String, column: Int) -> Double {
        entries.filter { $0.names.contains { $0.contains(name) } }.reduce(0) { $0 + Double($1.columns[column]) }
    }

    /// Share of the samples whose stack has these names in this order, root first, others between them or not.
    func share(of chain: [String]) -> Double {
        var hits: Int64 = 0
        for entry in entries {
            var rest = chain[...]
            for name in entry.names where rest.first.map({ name.contains($0) }) == true { rest.removeFirst() }
            if rest.isEmpty { hits += entry.samples }
        }
        return samples == 0 ? 0 : Double(hits) / Double(samples)
    }
}
