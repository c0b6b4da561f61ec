internal import HearthProfile

/// Tables in which everything is kept once. For the writer, and for the result of a query.
struct StoreInterner {
    private(set) var tables = StoreTables()
    private var stringIndex = InternIndex()
    private var imageIndex = InternIndex()
    private var frameIndex = InternIndex()
    private var stackIndex = InternIndex()
    private var labelIndex = InternIndex()
    private var seriesIndex = InternIndex()
    private var contents: [(hash: ContentHash, stack: UInt32)] = []
    private var contentIndex = InternIndex()

    // In each of these the entry is looked up apart from where it is added, so that no second reference to a table is alive
    // when it grows. O(1) on average, and the length of what is interned.

    mutating func intern(_ string: String) -> UInt32 { tables.strings.intern(string, &stringIndex) }

    mutating func intern(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        tables.strings.intern(bytes, range, &stringIndex)
    }

    mutating func intern(_ image: StoreTables.Image) -> UInt32 {
        let hash = Self.hash(image)
        if let known = imageIndex.find(hash: hash, isEqual: { tables.images[Int($0)] == image }) { return known }
        let new = UInt32(tables.images.count)
        tables.images.append(image)
        let images = tables.images
        imageIndex.insert(new, hash: hash) { Self.hash(images[Int($0)]) }
        return new
    }

    mutating func intern(_ frame: StoreTables.Frame) -> UInt32 {
        let hash = Self.hash(frame)
        if let known = frameIndex.find(hash: hash, isEqual: { tables.frames[Int($0)] == frame }) { return known }
        let new = UInt32(tables.frames.count)
        tables.frames.append(frame)
        let frames = tables.frames
        frameIndex.insert(new, hash: hash) { Self.hash(frames[Int($0)]) }
        return new
    }

    mutating func intern(_ stack: StoreTables.Stack) -> UInt32 {
        let hash = Self.hash(stack.parent, stack.frame)
        if let known = stackIndex.find(hash: hash, isEqual: { tables.stacks[Int($0)] == stack }) { return known }
        let new = UInt32(tables.stacks.count)
        tables.stacks.append(stack)
        let stacks = tables.stacks
        stackIndex.insert(new, hash: hash) { Self.hash(stacks[Int($0)].parent, stacks[Int($0)].frame) }
        return new
    }

    /// - Parameter set: in any order, no key twice.
    mutating func intern(_ set: [StoreTables.Label]) -> UInt32 {
        guard !set.isEmpty else { return 0 }
        let set = set.sorted { $0.key < $1.key }
        let hash = Self.hash(set[...])
        if let known = labelIndex.find(hash: hash, isEqual: { tables.labelSets[$0].elementsEqual(set) }) {
            return known
        }
        let new = UInt32(tables.labelSets.count)
        tables.labelSets.append(set)
        let sets = tables.labelSets
        labelIndex.insert(new, hash: hash) { Self.hash(sets[$0]) }
        return new
    }

    mutating func intern(_ series: StoreTables.Series) -> UInt32 {
        let hash = Self.hash(series.stack, series.labels)
        if let known = seriesIndex.find(hash: hash, isEqual: { tables.series[Int($0)] == series }) { return known }
        let new = UInt32(tables.series.count)
        tables.series.append(series)
        let all = tables.series
        seriesIndex.insert(new, hash: hash) { Self.hash(all[Int($0)].stack, all[Int($0)].labels) }
        return new
    }

    /// About what all this takes in memory.
    var byteCount: Int { tables.byteCount + contents.count * 32 }

    // MARK: Stacks by content

    /// A stack that ``remember(_:by:)`` was told of.
    func stack(of content: ContentHash) -> UInt32? {
        contentIndex.find(hash: content.first) { contents[Int($0)].hash == content }.map { contents[Int($0)].stack }
    }

    mutating func remember(_ stack: UInt32, by content: ContentHash) {
        let new = UInt32(contents.count)
        contents.append((content, stack))
        let contents = contents
        contentIndex.insert(new, hash: content.first) { contents[Int($0)].hash.first }
    }

    private static func hash(_ first: UInt32, _ second: UInt32) -> UInt64 {
        InternIndex.mix(UInt64(first) << 32 | UInt64(second))
    }

    private static func hash(_ image: StoreTables.Image) -> UInt64 {
        hash(image.path, image.buildID) ^ InternIndex.mix(image.start ^ image.bias << 1)
    }

    private static func hash(_ frame: StoreTables.Frame) -> UInt64 {
        let text = hash(frame.name, frame.fullName) &+ UInt64(frame.file) &+ UInt64(frame.line) << 32
        return InternIndex.mix(text ^ frame.address &* 0x9E37_79B9 ^ UInt64(frame.image) << 56 ^ UInt64(frame.kind))
    }

    private static func hash(_ set: ArraySlice<StoreTables.Label>) -> UInt64 {
        var hash: UInt64 = 0
        for label in set {
            switch label.value {
            case .text(let value): hash = InternIndex.mix(hash ^ UInt64(label.key) << 32 ^ UInt64(value))
            case .number(let number, let unit):
                hash = InternIndex.mix(hash ^ UInt64(label.key) << 32 ^ UInt64(unit))
                hash = InternIndex.mix(hash ^ UInt64(bitPattern: number))
            }
        }
        return hash
    }
}
