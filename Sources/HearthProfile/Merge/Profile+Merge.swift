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

    /// The sum of profiles that have the same sample types. Times span all of them; an attribute is kept where all that
    /// have it agree, and joined by ` | ` where not. Up to the order of rows it is associative and commutative.
    /// O(stacks + samples).
    public static func merge(_ profiles: [Profile]) throws(MergeError) -> Profile {
        guard let first = profiles.first else { throw .noProfiles }
        var result = Profile(like: first)
        for profile in profiles {
            guard profile.sampleTypes == first.sampleTypes else {
                throw .sampleTypesDiffer(first.sampleTypes, profile.sampleTypes)
            }
            result.append(contentsOf: profile)
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
    mutating func append(contentsOf other: Profile) {
        let frames = other.frames.map { frame in
            let copy = other.moved(frame, to: &self)
            return intern(copy)
        }
        var stacks: [StackID] = [.empty]
        stacks.reserveCapacity(other.stacks.count)
        for index in 1..<max(other.stacks.count, 1) {
            let parent = stacks[Int(other.stacks.parents[index].rawValue)]
            stacks.append(push(frames[Int(other.stacks.frames[index].rawValue)], on: parent))
        }
        let labels = other.labels.sets.map { intern(labels: $0) }
        for (row, sample) in other.samples.enumerated() {
            let moved = Sample(
                stack: stacks[Int(sample.stack.rawValue)], labels: labels[Int(sample.labels.rawValue)],
                block: sample.block)
            add(moved, values: other.values(row: row))
        }
    }
}
