extension Profile {
    /// Why two profiles cannot be merged.
    public enum MergeError: Error, Equatable, CustomStringConvertible {
        case noProfiles
        case sampleTypesDiffer([ValueType], [ValueType])

        public var description: String {
            switch self {
            case .noProfiles: "no profile to merge"
            case .sampleTypesDiffer(let first, let second):
                "sample types differ: \(Self.list(first)) and \(Self.list(second))"
            }
        }

        private static func list(_ types: [ValueType]) -> String {
            types.map { "\($0.type)/\($0.unit)" }.joined(separator: ", ")
        }
    }

    /// The sum of profiles that have the same sample types. Times span all of them, and time blocks are those of the clock;
    /// an attribute is kept where all that have it agree, and joined by ` | ` where not. Up to the order of rows it is
    /// associative and commutative, where it is known when the profiles began or of none. O(stacks + samples).
    public static func merge(_ profiles: [Profile]) throws(MergeError) -> Profile {
        guard let first = profiles.first else { throw .noProfiles }
        var result = Profile(like: first)
        let grid = BlockGrid(profiles)
        result.blockDuration = grid.duration
        for profile in profiles {
            guard profile.sampleTypes == first.sampleTypes else {
                throw .sampleTypesDiffer(first.sampleTypes, profile.sampleTypes)
            }
            result.append(contentsOf: profile, grid)
        }
        let starts = profiles.map(\.startTime).filter { $0 > 0 }
        let ends = profiles.filter { $0.startTime > 0 }.map { saturatingSum($0.startTime, $0.duration) }
        if let start = starts.min(), let end = ends.max() {
            result.startTime = start
            result.duration = saturatingDifference(end, start)
        } else {
            result.duration = profiles.map(\.duration).reduce(0, saturatingSum)
        }
        for key in Set(profiles.flatMap(\.attributes.keys)) {
            let values = Set(
                profiles.compactMap { $0.attributes[key] }.flatMap { $0.split(separator: " | ").map(String.init) })
            result.attributes[key] = values.sorted().joined(separator: " | ")
        }
        return result
    }

    /// Adds the rows of `other`, whose tables are carried over. The sample types are the same.
    private mutating func append(contentsOf other: Profile, _ grid: BlockGrid) {
        let moved = MovedTables(from: other, to: &self)
        for (row, sample) in other.samples.enumerated() {
            var moved = moved(sample)
            moved.block = sample.block.map { grid.block($0, of: other) }
            add(moved, values: other.values(row: row))
        }
    }
}
