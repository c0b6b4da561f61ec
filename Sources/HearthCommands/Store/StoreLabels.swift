internal import HearthProfile
internal import HearthStore

/// Which labels there are in a store, for messages.
struct StoreLabels {
    private(set) var ofProcesses: [String: Set<String>] = [:]
    /// Of the last windows: to look at all would take long, and only to say what was meant.
    private(set) var ofSamples: [String: Set<String>] = [:]

    private static let windowsLookedAt = 30
    private static let mostListed = 20

    init(of windows: [StoredWindow], in store: ProfileStore) {
        for process in Set(windows.map(\.process)) {
            for (key, value) in process.labels { ofProcesses[key, default: []].insert(value) }
        }
        struct Place: Hashable {
            var run: UInt64
            var sequence: UInt64
        }
        let last = windows.sorted { $0.startTime < $1.startTime }.suffix(Self.windowsLookedAt)
        guard let start = last.first?.startTime, let end = last.last?.startTime, end < .max else { return }
        let places = Set(last.map { Place(run: $0.run, sequence: $0.sequence) })
        var query = StoreQuery(range: start..<end + 1)
        query.selects = { places.contains(Place(run: $0.run, sequence: $0.sequence)) }
        var values: [String: Set<String>] = [:]
        // What cannot be read is not listed.
        _ = try? store.forEachWindow(query) { _, profile in
            for (key, value) in profile.labels.sets.joined() where (values[key]?.count ?? 0) <= Self.mostListed {
                values[key, default: []].insert(value.description)
            }
        }
        ofSamples = values
    }

    /// What there is in the place of a condition that nothing meets.
    func hint(_ key: String) -> String {
        let values = (ofProcesses[key] ?? []).union(ofSamples[key] ?? [])
        guard values.isEmpty else { return "of \(key) there is: \(Self.list(values, "nothing"))" }
        return Self.list(Set(ofProcesses.keys).union(ofSamples.keys))
    }

    static func list(_ keys: some Collection<String>) -> String {
        keys.isEmpty ? "there are no labels" : "there are: \(list(keys, ""))"
    }

    private static func list(_ names: some Collection<String>, _ none: String) -> String {
        let sorted = names.sorted()
        if sorted.isEmpty { return none }
        return sorted.prefix(mostListed).joined(separator: ", ") + (sorted.count > mostListed ? ", …" : "")
    }
}
