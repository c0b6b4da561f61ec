/// Carries series of a segment's tables over into other tables, each entry once. The segment's may grow meanwhile.
struct TableMapping {
    private static let none = UInt32.max

    /// Labels of other keys are left out; nil keeps all.
    private let keptLabels: Set<String>?
    private var isKept: [UInt32: Bool] = [:]
    private var strings: [UInt32] = [0]
    private var images: [UInt32] = []
    private var frames: [UInt32] = []
    private var stacks: [UInt32] = [0]
    private var labelSets: [UInt32] = [0]
    private var series: [UInt32] = []

    init(keptLabels: Set<String>?) { self.keptLabels = keptLabels }

    /// O(1) on average.
    mutating func series(_ index: UInt32, _ source: StoreTables, _ target: inout StoreInterner) -> UInt32 {
        grow(source)
        let known = series[Int(index)]
        if known != Self.none { return known }
        let old = source.series[Int(index)]
        let stack = stack(old.stack, source, &target)
        let labels = labels(old.labels, source, &target)
        let new = target.intern(StoreTables.Series(stack: stack, labels: labels))
        series[Int(index)] = new
        return new
    }

    private mutating func grow(_ source: StoreTables) {
        guard series.count < source.series.count else { return }
        func fill(_ map: inout [UInt32], to count: Int) {
            map.append(contentsOf: repeatElement(Self.none, count: count - map.count))
        }
        fill(&strings, to: source.strings.count)
        fill(&images, to: source.images.count)
        fill(&frames, to: source.frames.count)
        fill(&stacks, to: source.stacks.count)
        fill(&labelSets, to: source.labelSets.count)
        fill(&series, to: source.series.count)
    }

    private mutating func stack(_ index: UInt32, _ source: StoreTables, _ target: inout StoreInterner) -> UInt32 {
        var pending: [UInt32] = []
        var current = index
        while stacks[Int(current)] == Self.none {
            pending.append(current)
            current = source.stacks[Int(current)].parent
        }
        var known = stacks[Int(current)]
        for next in pending.reversed() {
            let frame = frame(source.stacks[Int(next)].frame, source, &target)
            known = target.intern(StoreTables.Stack(parent: known, frame: frame))
            stacks[Int(next)] = known
        }
        return known
    }

    private mutating func frame(_ index: UInt32, _ source: StoreTables, _ target: inout StoreInterner) -> UInt32 {
        let known = frames[Int(index)]
        if known != Self.none { return known }
        var frame = source.frames[Int(index)]
        frame.name = string(frame.name, source, &target)
        frame.fullName = string(frame.fullName, source, &target)
        frame.file = string(frame.file, source, &target)
        if frame.image > 0 { frame.image = image(frame.image - 1, source, &target) + 1 }
        let new = target.intern(frame)
        frames[Int(index)] = new
        return new
    }

    private mutating func image(_ index: UInt32, _ source: StoreTables, _ target: inout StoreInterner) -> UInt32 {
        let known = images[Int(index)]
        if known != Self.none { return known }
        var image = source.images[Int(index)]
        image.path = string(image.path, source, &target)
        image.buildID = string(image.buildID, source, &target)
        let new = target.intern(image)
        images[Int(index)] = new
        return new
    }

    private mutating func string(_ index: UInt32, _ source: StoreTables, _ target: inout StoreInterner) -> UInt32 {
        let known = strings[Int(index)]
        if known != Self.none { return known }
        let new = target.intern(source.strings.bytes, source.strings.range(index))
        strings[Int(index)] = new
        return new
    }

    private mutating func labels(_ index: UInt32, _ source: StoreTables, _ target: inout StoreInterner) -> UInt32 {
        let known = labelSets[Int(index)]
        if known != Self.none { return known }
        var set: [StoreTables.Label] = []
        for var label in source.labelSets[index] where keeps(label.key, source) {
            label.key = string(label.key, source, &target)
            switch label.value {
            case .text(let text): label.value = .text(string(text, source, &target))
            case .number(let number, let unit): label.value = .number(number, unit: string(unit, source, &target))
            }
            set.append(label)
        }
        let new = target.intern(set)
        labelSets[Int(index)] = new
        return new
    }

    private mutating func keeps(_ key: UInt32, _ source: StoreTables) -> Bool {
        guard let keptLabels else { return true }
        if let known = isKept[key] { return known }
        let isKept = keptLabels.contains(source.strings.text(key))
        self.isKept[key] = isKept
        return isKept
    }
}
