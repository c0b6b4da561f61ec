/// What `--where --focus --ignore --hide --group-by --scale` ask for. The order is: where, focus, ignore, hide, group,
/// scale.
public struct ProfileFilter: Sendable {
    /// Keep samples whose label has this value (as text).
    public var labels: [(key: String, value: String)] = []
    /// Keep stacks in which some frame matches.
    public var focus: (@Sendable (String) -> Bool)?
    /// Drop stacks in which some frame matches.
    public var ignore: (@Sendable (String) -> Bool)?
    /// Take matching frames out of their stacks.
    public var hide: (@Sendable (String) -> Bool)?
    /// Labels whose values become frames at the root, the first one outermost.
    public var groupBy: [String] = []
    /// What values are multiplied by; finite.
    public var scale = 1.0

    public init() {}
}

extension Profile {
    /// The part of the profile that `filter` keeps. Frames are matched by display name. O(stacks + samples).
    public func filtered(_ filter: ProfileFilter) -> Profile {
        var result = self
        for wanted in filter.labels {
            result = result.mapSamples { sample, profile in
                profile.labels[sample.labels][wanted.key]?.matches(wanted.value) == true ? sample : nil
            }
        }
        if let focus = filter.focus { result = result.selectingStacks(where: focus, keep: true) }
        if let ignore = filter.ignore { result = result.selectingStacks(where: ignore, keep: false) }
        if let hide = filter.hide {
            let source = result
            result = source.mapFrames { frame, profile in
                hide(source.displayName(frame)) ? [] : [source.moved(frame, to: &profile)]
            }
        }
        if !filter.groupBy.isEmpty { result = result.grouped(by: filter.groupBy) }
        return result.scaled(by: filter.scale)
    }

    /// Puts the values of labels at the root of every stack; samples without the label stand under `[no KEY]`.
    /// O(stacks × label sets seen with them).
    public func grouped(by keys: [String]) -> Profile {
        var result = Profile(like: self)
        let movedFrames = frames.map { frame in
            let copy = moved(frame, to: &result)
            return result.intern(copy)
        }
        var mapped: [UInt64: StackID] = [:]
        for (row, sample) in samples.enumerated() {
            let set = labels[sample.labels]
            var root = StackID.empty
            for key in keys {
                let name = set[key].map(\.description) ?? "[no \(key)]"
                let frame = result.intern(frameNamed: name, kind: .label)
                root = result.push(frame, on: root)
            }
            let stack = rebase(sample.stack, on: root, frames: movedFrames, into: &result, memo: &mapped)
            let kept = Sample(stack: stack, labels: result.intern(labels: set), block: sample.block)
            result.add(kept, values: values(row: row))
        }
        return result
    }

    private func rebase(
        _ stack: StackID, on root: StackID, frames movedFrames: [FrameID], into result: inout Profile,
        memo: inout [UInt64: StackID]
    ) -> StackID {
        // Walks down to the first ancestor already moved, then pushes back up: no recursion, whatever the depth.
        var pending: [StackID] = []
        var current = stack
        var base = root
        while current != .empty {
            if let known = memo[UInt64(root.rawValue) << 32 | UInt64(current.rawValue)] {
                base = known
                break
            }
            pending.append(current)
            current = stacks.parent(of: current)
        }
        for next in pending.reversed() {
            base = result.push(movedFrames[Int(stacks.leaf(of: next).rawValue)], on: base)
            memo[UInt64(root.rawValue) << 32 | UInt64(next.rawValue)] = base
        }
        return base
    }

    private func selectingStacks(where matches: (String) -> Bool, keep: Bool) -> Profile {
        let hits = frames.indices.map { matches(displayName(FrameID(rawValue: UInt32($0)))) }
        var contains = Array(repeating: false, count: stacks.count)
        for index in 1..<max(stacks.count, 1) {
            contains[index] =
                contains[Int(stacks.parents[index].rawValue)] || hits[Int(stacks.frames[index].rawValue)]
        }
        return mapSamples { sample, _ in contains[Int(sample.stack.rawValue)] == keep ? sample : nil }
    }
}

extension LabelValue {
    /// Whether the value reads as `text`: `--where trace_id=…`, `--where bytes=512`.
    package func matches(_ text: String) -> Bool {
        switch self {
        case .text(let value): value == text
        case .number(let number, _): String(number) == text || description == text
        }
    }
}
