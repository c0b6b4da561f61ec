internal import HearthProfile

/// Which series of a segment have the labels that a query asks for.
///
/// A sample has the labels of its process where it has none of that name itself.
struct SeriesFilter {
    fileprivate struct Condition {
        var key: String
        var value: String
        /// For samples without the label.
        var processMatches: Bool
        /// By index of a string: whether it is the key, whether it is the value.
        var isKey: [UInt32: Bool] = [:]
        var isValue: [UInt32: Bool] = [:]
    }

    /// What the process alone does not decide.
    private var conditions: [Condition]
    /// No sample can match.
    private(set) var isNothing: Bool
    private var setMatches: [Bool] = []
    private var seriesMatches: [Bool] = []

    /// - Parameter labelKeys: keys that samples of the segment have; nil where that is not known.
    init(_ query: StoreQuery, _ process: StoredProcess, labelKeys: Set<String>?) {
        conditions = []
        isNothing = false
        for (key, value) in query.labels {
            let matches = process.labels[key] == value
            if let labelKeys, !labelKeys.contains(key) {
                if !matches { isNothing = true }
            } else {
                conditions.append(Condition(key: key, value: value, processMatches: matches))
            }
        }
    }

    /// Every sample matches, or none does: rows need not be looked at.
    var isDecided: Bool { conditions.isEmpty || isNothing }

    /// Looks at what has been added to the tables. Before ``allows(_:)`` is asked of it. O(new series + new label sets).
    mutating func extend(_ tables: StoreTables) {
        guard !isDecided else {
            allowsAny = !isNothing
            return
        }
        for set in setMatches.count..<max(setMatches.count, tables.labelSets.count) {
            var matches = true
            for index in conditions.indices where matches {
                matches = conditions[index].matches(tables.labelSets[UInt32(set)], tables)
            }
            setMatches.append(matches)
        }
        for series in seriesMatches.count..<max(seriesMatches.count, tables.series.count) {
            let matches = setMatches[Int(tables.series[series].labels)]
            seriesMatches.append(matches)
            if matches { allowsAny = true }
        }
    }

    /// Whether any series of the tables matches, as far as they have been looked at.
    private(set) var allowsAny = false

    func allows(_ series: Int) -> Bool { conditions.isEmpty ? !isNothing : seriesMatches[series] }
}

extension SeriesFilter.Condition {
    fileprivate mutating func matches(_ set: ArraySlice<StoreTables.Label>, _ tables: StoreTables) -> Bool {
        for label in set where isKey(label.key, tables.strings) {
            if case .text(let text) = label.value { return isValue(text, tables.strings) }
            return tables.value(label).matches(value)
        }
        return processMatches
    }

    private mutating func isKey(_ string: UInt32, _ strings: ByteStrings) -> Bool {
        if let known = isKey[string] { return known }
        let matches = strings.text(string) == key
        isKey[string] = matches
        return matches
    }

    private mutating func isValue(_ string: UInt32, _ strings: ByteStrings) -> Bool {
        if let known = isValue[string] { return known }
        let matches = strings.text(string) == value
        isValue[string] = matches
        return matches
    }
}
