extension CallTree {
    /// The tree of a flame chart: samples one after the other by time block, and only neighbours are added up. Where labels stand
    /// at the root of the stacks, one group of labels after the other, in the order in which they come first.
    /// O(sum of depths + samples × log samples).
    package init(chronological profile: Profile, column: Int, reversed: Bool = false) {
        var builder = CallTreeBuilder(sides: 1)
        let starts = builder.addInOrder(
            profile, column: column, rows: Self.rowsByTime(profile), reversed: reversed)
        self = builder.finish()
        self.starts = starts
    }

    private static func rowsByTime(_ profile: Profile) -> [Int] {
        // What a block has together is in the order of rows.
        let byBlock = profile.samples.indices.sorted { left, right in
            let (a, b) = (profile.samples[left].block ?? 0, profile.samples[right].block ?? 0)
            return a != b ? a < b : left < right
        }
        // Callers stand before what they call.
        var groups = Array(repeating: StackID.empty, count: profile.stacks.count)
        for index in 1..<max(profile.stacks.count, 1) {
            let caller = profile.stacks.parents[index]
            let isLabel = profile.frame(profile.stacks.frames[index]).kind == .label
            let isInGroup = isLabel && groups[Int(caller.rawValue)] == caller
            groups[index] = isInGroup ? StackID(rawValue: UInt32(index)) : groups[Int(caller.rawValue)]
        }
        var places: [StackID: Int] = [:]
        let placed = byBlock.enumerated().map { time, row in
            let group = groups[Int(profile.samples[row].stack.rawValue)]
            let place = places[group] ?? places.count
            places[group] = place
            return (place: place, time: time, row: row)
        }
        return placed.sorted { ($0.place, $0.time) < ($1.place, $1.time) }.map(\.row)
    }
}
