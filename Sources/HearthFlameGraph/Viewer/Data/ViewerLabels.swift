internal import HearthProfile

/// The labels of a profile's samples as the page offers them: keys and values by number.
struct ViewerLabels {
    struct Key {
        var name: String
        /// In the order of their text.
        var values: [String]
    }

    /// In the order of their names.
    private(set) var keys: [Key] = []
    /// Keys of too many values to choose from, such as identifiers of traces.
    private(set) var leftOut: [String] = []
    /// Sets of labels that differ in what is offered: for each key 0 without, else 1 + the number of its value.
    private(set) var sets: [[Int]] = []
    /// For each set of the profile its number in `sets`.
    private(set) var numbers: [UInt32] = []

    static let mostValues = 500

    /// O(labels of all sets × log values).
    init(_ table: LabelTable, used: [Bool]) {
        var values: [String: Set<String>] = [:]
        for (set, isUsed) in zip(table.sets, used) where isUsed {
            for (key, value) in set { values[key, default: []].insert(value.description) }
        }
        for key in values.keys.sorted() {
            let texts = values[key] ?? []
            if texts.count > Self.mostValues {
                leftOut.append(key)
            } else {
                keys.append(Key(name: key, values: texts.sorted()))
            }
        }
        let positions = keys.map { key in
            Dictionary(uniqueKeysWithValues: key.values.enumerated().map { ($1, $0 + 1) })
        }
        let rows = table.sets.map { set in
            zip(keys, positions).map { key, position in set[key.name].flatMap { position[$0.description] } ?? 0 }
        }
        let distinct = Set(zip(rows, used).filter(\.1).map(\.0))
        sets = distinct.sorted { $0.lexicographicallyPrecedes($1) }
        let order = Dictionary(uniqueKeysWithValues: sets.enumerated().map { ($1, UInt32($0)) })
        numbers = rows.map { order[$0] ?? 0 }
    }
}
