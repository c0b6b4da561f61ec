/// Samples of stacks with their values, labels and time blocks, over interned tables.
///
/// A value type: a copy is cheap until one of the two is changed. Handles (``StackID``, ``FrameID``, …) belong to the
/// profile that gave them. Not safe to mutate from two threads, as any Swift value.
public struct Profile: Sendable {
    /// One row: values for a stack under one set of labels in one time block.
    public struct Sample: Hashable, Sendable {
        public var stack: StackID
        public var labels: LabelSetID
        /// Index of the time block from the start of the profile; nil where the source has no blocks.
        public var block: UInt32?

        public init(stack: StackID, labels: LabelSetID = .none, block: UInt32? = nil) {
            self.stack = stack
            self.labels = labels
            self.block = block
        }
    }

    /// The columns of `values`; never empty.
    public private(set) var sampleTypes: [ValueType]
    /// The column that tools show first.
    public var defaultSampleType: Int
    /// What one sample stands for, such as 10,000,000 nanoseconds of CPU; 0 when not known.
    public var periodType: ValueType
    public var period: Int64
    /// Nanoseconds since 1970, and the length of the profile in nanoseconds; 0 when not known.
    public var startTime: Int64
    public var duration: Int64
    /// Length of a time block in nanoseconds; 0 without blocks.
    public var blockDuration: Int64
    /// How the profile was taken: `unwinder`, `clock`, `rate`, `coverage`, `lost`, …
    public var attributes: [String: String]

    public private(set) var strings = StringTable()
    public private(set) var images: [Image] = []
    public private(set) var frames: [Frame] = []
    public private(set) var stacks = StackTable()
    public private(set) var labels = LabelTable()
    public private(set) var samples: [Sample] = []
    /// Row-major: the values of sample `i` are at `i * sampleTypes.count ..< (i + 1) * sampleTypes.count`.
    public private(set) var values: [Int64] = []

    private var imageIndex: [Image: ImageID] = [:]
    private var frameIndex = InternIndex()
    private var sampleIndex = InternIndex()

    public init(
        sampleTypes: [ValueType], defaultSampleType: Int = 0, periodType: ValueType = .cpu, period: Int64 = 0,
        startTime: Int64 = 0, duration: Int64 = 0, blockDuration: Int64 = 0, attributes: [String: String] = [:]
    ) {
        precondition(!sampleTypes.isEmpty, "a profile has at least one sample type")
        self.sampleTypes = sampleTypes
        self.defaultSampleType = defaultSampleType
        self.periodType = periodType
        self.period = period
        self.startTime = startTime
        self.duration = duration
        self.blockDuration = blockDuration
        self.attributes = attributes
    }

    /// A profile without samples that is described as `other` is. O(attributes).
    public init(like other: Profile) {
        self.init(
            sampleTypes: other.sampleTypes, defaultSampleType: other.defaultSampleType, periodType: other.periodType,
            period: other.period, startTime: other.startTime, duration: other.duration,
            blockDuration: other.blockDuration, attributes: other.attributes)
    }

    // MARK: Building

    public mutating func intern(_ string: String) -> StringID { strings.intern(string) }

    public mutating func intern(_ image: Image) -> ImageID {
        if let known = imageIndex[image] { return known }
        let new = ImageID(rawValue: UInt32(images.count))
        images.append(image)
        imageIndex[image] = new
        return new
    }

    public mutating func intern(_ frame: Frame) -> FrameID {
        if frameIndex.count < frames.count { completeFrameIndex() }
        let hash = frame.mixedHash
        return find(frame, hash: hash) ?? append(frame, hash: hash)
    }

    // Apart from `append`, so that no copy of the frames is alive when they grow.
    private func find(_ frame: Frame, hash: UInt64) -> FrameID? {
        frameIndex.find(hash: hash) { frames[Int($0)] == frame }.map(FrameID.init)
    }

    private mutating func append(_ frame: Frame, hash: UInt64) -> FrameID {
        let new = UInt32(frames.count)
        frames.append(frame)
        if frameIndex.isFull { reserveFrames(frames.count * 2) }
        frameIndex.insert(new, hash: hash)
        return FrameID(rawValue: new)
    }

    private mutating func completeFrameIndex() {
        let frames = frames
        frameIndex.insert(upTo: frames.count) { frames[Int($0)].mixedHash }
    }

    private mutating func reserveFrames(_ count: Int) {
        let frames = frames
        frameIndex.reserveCapacity(count) { frames[Int($0)].mixedHash }
    }

    /// Makes room for the tables of `other` beside what is there, so that they need not grow step by step.
    mutating func reserveCapacity(for other: Profile) {
        frames.reserveCapacity(frames.count + other.frames.count)
        reserveFrames(frames.count + other.frames.count)
        stacks.reserveCapacity(stacks.count + other.stacks.count)
        samples.reserveCapacity(samples.count + other.samples.count)
        values.reserveCapacity(values.count + other.values.count)
        reserveSamples(samples.count + other.samples.count)
    }

    private mutating func reserveSamples(_ count: Int) {
        let samples = samples
        sampleIndex.reserveCapacity(count) { Self.hash(samples[Int($0)]) }
    }

    /// A frame that is nothing but a name. O(length).
    public mutating func intern(frameNamed name: String, kind: Frame.Kind = .function) -> FrameID {
        let name = intern(name)
        return intern(Frame(name: name, kind: kind))
    }

    public mutating func intern(labels set: [String: LabelValue]) -> LabelSetID { labels.intern(set) }

    /// The stack of `caller` with `frame` on top. O(1) on average.
    public mutating func push(_ frame: FrameID, on caller: StackID) -> StackID { stacks.push(frame, on: caller) }

    /// The stack of these frames, root first. O(depth).
    public mutating func stack(rootFirst frames: some Sequence<FrameID>) -> StackID {
        frames.reduce(.empty) { push($1, on: $0) }
    }

    /// Adds to the row of this sample, which is made when it is new; sums stop at `Int64.max`. `new` holds one value a
    /// sample type. O(1) on average.
    public mutating func add(_ sample: Sample, values new: some Collection<Int64>) {
        precondition(new.count == sampleTypes.count, "one value a sample type")
        let row = row(of: sample) * sampleTypes.count
        for (column, value) in new.enumerated() {
            values[row + column] = saturatingSum(values[row + column], value)
        }
    }

    /// The same for the caller that has them in an array and millions of rows: no call of a collection's own a value.
    package mutating func add(_ sample: Sample, row new: ArraySlice<Int64>) {
        precondition(new.count == sampleTypes.count, "one value a sample type")
        let row = row(of: sample) * sampleTypes.count
        for column in 0..<new.count {
            values[row + column] = saturatingSum(values[row + column], new[new.startIndex + column])
        }
    }

    private mutating func row(of sample: Sample) -> Int {
        if sampleIndex.count < samples.count { completeSampleIndex() }
        let hash = Self.hash(sample)
        return find(sample, hash: hash) ?? append(sample, hash: hash)
    }

    // Apart from `append`, so that no copy of the rows is alive when they grow.
    private func find(_ sample: Sample, hash: UInt64) -> Int? {
        sampleIndex.find(hash: hash) { samples[Int($0)] == sample }.map(Int.init)
    }

    private mutating func append(_ sample: Sample, hash: UInt64) -> Int {
        let row = samples.count
        samples.append(sample)
        values.append(contentsOf: repeatElement(0, count: sampleTypes.count))
        if sampleIndex.isFull { reserveSamples(samples.count * 2) }
        sampleIndex.insert(UInt32(row), hash: hash)
        return row
    }

    private mutating func completeSampleIndex() {
        let samples = samples
        sampleIndex.insert(upTo: samples.count) { Self.hash(samples[Int($0)]) }
    }

    private static func hash(_ sample: Sample) -> UInt64 {
        let block = sample.block.map { UInt64($0) + 1 } ?? 0
        let first = InternIndex.mix(UInt64(sample.stack.rawValue) << 32 | UInt64(sample.labels.rawValue))
        return InternIndex.mix(first ^ block)
    }

    /// Takes all rows away and keeps the tables, for rewriting samples in place.
    mutating func removeSamples() {
        samples = []
        values = []
        sampleIndex = InternIndex()
    }

    /// Puts values in the place of all that are there, row by row, and names their columns.
    mutating func replaceColumns(_ types: [ValueType], values new: [Int64]) {
        sampleTypes = types
        values = new
    }

    /// Puts frames in the place of all that are there. No two may be the same: others find them when one is next looked up.
    mutating func replaceFrames(_ new: [Frame]) {
        frames = new
        frameIndex = InternIndex()
    }

    /// Puts stacks in the place of all that are there, and each row on the one that its own has become; no two of them on the
    /// same. O(samples).
    mutating func replaceStacks(_ new: StackTable, moved: [StackID]) {
        stacks = new
        for row in samples.indices { samples[row].stack = moved[Int(samples[row].stack.rawValue)] }
        sampleIndex = InternIndex()
    }

    /// Takes stacks of one sample type in the place of all that are there, with a row for each whose value is not below 0. Their
    /// frames are those of this profile. O(stacks).
    package mutating func adopt(_ new: StackTable, values newValues: [Int64], of type: ValueType) {
        precondition(newValues.count == new.count, "one value a stack")
        sampleTypes = [type]
        removeSamples()
        stacks = new
        let count = newValues.count { $0 >= 0 }
        samples.reserveCapacity(count)
        values.reserveCapacity(count)
        for (index, value) in newValues.enumerated() where value >= 0 {
            samples.append(Sample(stack: StackID(rawValue: UInt32(index))))
            values.append(value)
        }
    }

    // MARK: Reading

    public var isEmpty: Bool { samples.isEmpty }

    public func frame(_ id: FrameID) -> Frame { frames[Int(id.rawValue)] }

    public func image(_ id: ImageID) -> Image { images[Int(id.rawValue)] }

    /// The values of row `row`, one a sample type.
    public func values(row: Int) -> ArraySlice<Int64> {
        values[row * sampleTypes.count..<(row + 1) * sampleTypes.count]
    }

    public func value(row: Int, column: Int) -> Int64 { values[row * sampleTypes.count + column] }

    /// The name that a graph shows: the short name, or `library+0x1234` for what could not be named. O(1).
    public func displayName(_ id: FrameID) -> String { displayName(frame(id)) }

    /// The same of a frame of this profile. O(1).
    func displayName(_ frame: Frame) -> String {
        if frame.isSymbolized { return strings[frame.name] }
        let address = "0x" + String(frame.address, radix: 16)
        guard let image = frame.image else { return address }
        return "\(self.image(image).name)+\(address)"
    }

    /// The sum of a column; it stops at `Int64.max`. O(samples).
    public func total(column: Int) -> Int64 {
        samples.indices.reduce(0) { saturatingSum($0, value(row: $1, column: column)) }
    }

    /// The column whose type has this name, as in `--sample-type cpu`.
    public func column(ofType name: String) -> Int? { sampleTypes.firstIndex { $0.type == name } }
}
