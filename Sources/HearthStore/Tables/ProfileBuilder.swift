internal import HearthProfile

/// Makes profiles of rows over tables; what no row refers to stays out.
struct ProfileBuilder {
    private let tables: StoreTables
    private let keptLabels: Set<String>?
    private(set) var profile: Profile
    private var strings: [StringID?]
    private var frames: [FrameID?]
    private var stacks: [StackID?]
    private var labelSets: [LabelSetID?]

    /// - Parameters:
    ///   - profile: without rows, described as the result is to be.
    ///   - keptLabels: labels of other keys are left out; nil keeps all.
    init(_ tables: StoreTables, into profile: Profile, keptLabels: Set<String>? = nil) {
        self.tables = tables
        self.keptLabels = keptLabels
        self.profile = profile
        strings = Array(repeating: nil, count: tables.strings.count)
        strings[0] = .empty
        frames = Array(repeating: nil, count: tables.frames.count)
        stacks = Array(repeating: nil, count: tables.stacks.count)
        stacks[0] = .empty
        labelSets = Array(repeating: nil, count: tables.labelSets.count)
        labelSets[0] = LabelSetID.none
    }

    /// Adds to the row of a series. O(1) on average.
    mutating func add(series: UInt32, block: UInt32?, values: ArraySlice<Int64>) {
        let sample = sample(series: series, block: block)
        profile.add(sample, row: values)
    }

    /// The handle of a series in the profile.
    mutating func sample(series: UInt32, block: UInt32?) -> Profile.Sample {
        let series = tables.series[Int(series)]
        return Profile.Sample(stack: stack(series.stack), labels: labels(series.labels), block: block)
    }

    private mutating func stack(_ index: UInt32) -> StackID {
        var pending: [UInt32] = []
        var current = index
        var known = stacks[Int(current)]
        while known == nil {
            pending.append(current)
            current = tables.stacks[Int(current)].parent
            known = stacks[Int(current)]
        }
        var stack = known ?? .empty
        for next in pending.reversed() {
            let frame = frame(tables.stacks[Int(next)].frame)
            stack = profile.push(frame, on: stack)
            stacks[Int(next)] = stack
        }
        return stack
    }

    private mutating func frame(_ index: UInt32) -> FrameID {
        if let known = frames[Int(index)] { return known }
        let frame = tables.frames[Int(index)]
        let new = profile.intern(
            Frame(
                name: string(frame.name), fullName: string(frame.fullName), file: string(frame.file), line: frame.line,
                image: frame.image == 0 ? nil : image(frame.image - 1), address: frame.address,
                kind: StoredFrameKind.kind(frame.kind), thunk: StoredFrameKind.thunk(frame.kind)))
        frames[Int(index)] = new
        return new
    }

    private mutating func image(_ index: UInt32) -> ImageID {
        let image = tables.images[Int(index)]
        return profile.intern(
            Image(
                path: tables.strings.text(image.path), buildID: tables.strings.text(image.buildID), start: image.start,
                end: image.end, bias: image.bias, fileOffset: image.fileOffset))
    }

    private mutating func string(_ index: UInt32) -> StringID {
        if let known = strings[Int(index)] { return known }
        let new = profile.intern(tables.strings.text(index))
        strings[Int(index)] = new
        return new
    }

    private mutating func labels(_ index: UInt32) -> LabelSetID {
        if let known = labelSets[Int(index)] { return known }
        var set: [String: LabelValue] = [:]
        for label in tables.labelSets[index] {
            let key = tables.strings.text(label.key)
            if keptLabels?.contains(key) ?? true { set[key] = tables.value(label) }
        }
        let new = profile.intern(labels: set)
        labelSets[Int(index)] = new
        return new
    }
}

extension StoreTables {
    func value(_ label: Label) -> LabelValue {
        switch label.value {
        case .text(let value): .text(strings.text(value))
        case .number(let number, let unit): .number(number, unit: strings.text(unit))
        }
    }
}
