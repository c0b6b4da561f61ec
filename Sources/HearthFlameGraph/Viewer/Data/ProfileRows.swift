internal import HearthProfile

/// The samples of a profile as rows of the page: a node, a set of labels and the values of all columns, each pair once.
struct ProfileRows {
    let labels: ViewerLabels
    /// Places of the rows' nodes, ascending; then by set.
    private var places: [UInt32] = []
    private var sets: [UInt32] = []
    /// Row-major.
    private var values: [Int64] = []
    private let columns: Int

    var count: Int { places.count }

    /// Values under zero count as nothing; sums stop at `Int64.max`. O(samples × log samples).
    init(_ profile: Profile, nodeOfStack: [UInt32], _ order: TreeOrder) {
        let columns = profile.sampleTypes.count
        self.columns = columns
        let kept = profile.samples.indices.filter { row in profile.values(row: row).contains { $0 > 0 } }
        var used = Array(repeating: false, count: profile.labels.count)
        for row in kept { used[Int(profile.samples[row].labels.rawValue)] = true }
        let labels = ViewerLabels(profile.labels, used: used)
        self.labels = labels
        // Place and set in one number: sorting these is most of the work.
        let sorted = kept.map { row -> (key: UInt64, row: Int) in
            let sample = profile.samples[row]
            let place = order.places[Int(nodeOfStack[Int(sample.stack.rawValue)])]
            return (UInt64(place) << 32 | UInt64(labels.numbers[Int(sample.labels.rawValue)]), row)
        }.sorted { $0.key < $1.key }
        var last: UInt64?
        for (key, row) in sorted {
            if key != last {
                last = key
                places.append(UInt32(key >> 32))
                sets.append(UInt32(truncatingIfNeeded: key))
                values.append(contentsOf: repeatElement(0, count: columns))
            }
            for (column, value) in profile.values(row: row).enumerated() where value > 0 {
                let index = values.count - columns + column
                values[index] = saturatingSum(values[index], value)
            }
        }
    }

    /// For each row how many nodes it is behind the one before, its set where there are several, and its values.
    func write(to stream: inout ByteStream) {
        var last: UInt32 = 0
        for row in places.indices {
            stream.varint(Int(places[row] - last))
            last = places[row]
            if labels.sets.count > 1 { stream.varint(Int(sets[row])) }
            for value in values[row * columns..<(row + 1) * columns] { stream.varint(UInt64(value)) }
        }
    }
}
