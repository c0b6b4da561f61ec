internal import HearthProfile

/// Carries what the rows of one profile refer to over into a segment's tables, each entry once, and nothing else of the
/// profile's tables.
struct ProfileMapping {
    private static let none = UInt32.max

    // The profile's own tables, each asked for once: a function of another module for every frame is half of the time.
    private let oldStrings: [String]
    private let oldImages: [Image]
    private let oldFrames: [Frame]
    private let oldParents: [StackID]
    private let oldLeaves: [FrameID]
    private let oldSets: [[String: LabelValue]]

    private var strings: [UInt32]
    private var images: [UInt32]
    private var frames: [UInt32]
    private var stacks: [UInt32]
    private var labelSets: [UInt32]
    private var pending: [StackID] = []
    private var hashes: ContentHashes

    init(_ profile: Profile) {
        hashes = ContentHashes(profile)
        oldStrings = profile.strings.strings
        oldImages = profile.images
        oldFrames = profile.frames
        oldParents = profile.stacks.parents
        oldLeaves = profile.stacks.frames
        oldSets = profile.labels.sets
        strings = Array(repeating: Self.none, count: profile.strings.count)
        images = Array(repeating: Self.none, count: profile.images.count)
        frames = Array(repeating: Self.none, count: profile.frames.count)
        stacks = Array(repeating: Self.none, count: profile.stacks.count)
        stacks[0] = 0
        labelSets = Array(repeating: Self.none, count: profile.labels.count)
        labelSets[0] = 0
    }

    /// O(1) on average: each stack, frame and string is carried over once.
    mutating func series(of sample: Profile.Sample, in target: inout StoreInterner) -> UInt32 {
        let stack = known(sample.stack, &target)
        let labels = labels(sample.labels, &target)
        return target.intern(StoreTables.Series(stack: stack, labels: labels))
    }

    /// By its content where an earlier window had it.
    private mutating func known(_ id: StackID, _ target: inout StoreInterner) -> UInt32 {
        let old = stacks[Int(id.rawValue)]
        if old != Self.none { return old }
        let hash = hashes.hash(id)
        if let known = target.stack(of: hash) {
            stacks[Int(id.rawValue)] = known
            return known
        }
        let new = stack(id, &target)
        target.remember(new, by: hash)
        return new
    }

    private mutating func stack(_ id: StackID, _ target: inout StoreInterner) -> UInt32 {
        // Down to the first caller that is known, then up again: no recursion, whatever the depth.
        pending.removeAll(keepingCapacity: true)
        var current = id
        while stacks[Int(current.rawValue)] == Self.none {
            pending.append(current)
            current = oldParents[Int(current.rawValue)]
        }
        var known = stacks[Int(current.rawValue)]
        while let next = pending.popLast() {
            let frame = frame(oldLeaves[Int(next.rawValue)], &target)
            known = target.intern(StoreTables.Stack(parent: known, frame: frame))
            stacks[Int(next.rawValue)] = known
        }
        return known
    }

    private mutating func frame(_ id: FrameID, _ target: inout StoreInterner) -> UInt32 {
        let known = frames[Int(id.rawValue)]
        if known != Self.none { return known }
        let frame = oldFrames[Int(id.rawValue)]
        let new = target.intern(
            StoreTables.Frame(
                name: string(frame.name, &target), fullName: string(frame.fullName, &target),
                file: string(frame.file, &target), line: frame.line,
                image: frame.image.map { image($0, &target) + 1 } ?? 0, kind: StoredFrameKind.byte(frame),
                address: frame.address))
        frames[Int(id.rawValue)] = new
        return new
    }

    private mutating func image(_ id: ImageID, _ target: inout StoreInterner) -> UInt32 {
        let known = images[Int(id.rawValue)]
        if known != Self.none { return known }
        let image = oldImages[Int(id.rawValue)]
        let new = target.intern(
            StoreTables.Image(
                path: target.intern(image.path), buildID: target.intern(image.buildID), start: image.start,
                end: image.end, bias: image.bias, fileOffset: image.fileOffset))
        images[Int(id.rawValue)] = new
        return new
    }

    private mutating func string(_ id: StringID, _ target: inout StoreInterner) -> UInt32 {
        let known = strings[Int(id.rawValue)]
        if known != Self.none { return known }
        let new = target.intern(oldStrings[Int(id.rawValue)])
        strings[Int(id.rawValue)] = new
        return new
    }

    private mutating func labels(_ id: LabelSetID, _ target: inout StoreInterner) -> UInt32 {
        let known = labelSets[Int(id.rawValue)]
        if known != Self.none { return known }
        let set = oldSets[Int(id.rawValue)].map { key, value in
            switch value {
            case .text(let text): StoreTables.Label(key: target.intern(key), value: .text(target.intern(text)))
            case .number(let number, let unit):
                StoreTables.Label(key: target.intern(key), value: .number(number, unit: target.intern(unit)))
            }
        }
        let new = target.intern(set)
        labelSets[Int(id.rawValue)] = new
        return new
    }
}
