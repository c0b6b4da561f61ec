internal import CHearthSampler
internal import HearthLabels
internal import HearthProfile

/// Turns samples of the ring into rows of a profile. Used by the drain thread only.
struct SampleAggregator {
    private(set) var profile: Profile
    private(set) var weight: UInt64 = 0
    private(set) var samples: UInt64 = 0
    private(set) var stackOverflow: UInt64 = 0
    private(set) var rowOverflow: UInt64 = 0
    private(set) var spansLost: UInt64 = 0

    private let period: Int64
    private let stackLimit: Int
    private let monotonicStart: UInt64
    private var blockDuration: UInt64
    /// Frames by recorded program counter, exact bit included; for the modules of `generation`.
    private var frames: [UInt64: FrameID] = [:]
    private var generation = -1
    private var labelSets: [LabelKey: LabelSetID] = [:]
    private var spans = SpanLabels()
    private var threadNames: [UInt32: String] = [:]

    private struct LabelKey: Hashable {
        var label: UInt64
        var thread: String
    }

    /// About what the profile takes: a frame with its callers and its place in an index, a row with its values and the same.
    var byteCount: Int { profile.stacks.count * 48 + profile.samples.count * 96 }

    static let blockLimit: UInt64 = 600
    /// Rows that a profile keeps: about 10 MB. More are brought down by wider blocks, and when those do not help by
    /// giving up the labels of what comes.
    static let rowLimit = 100_000
    /// Rows up to which samples carry their spans. Each span is a row of its own, so they come first when rows are short.
    static let spanRowLimit = rowLimit / 2

    /// - Parameters:
    ///   - startTime: nanoseconds since 1970.
    ///   - monotonicStart: the same moment on the clock of the samples.
    init(_ configuration: SamplingConfiguration, startTime: Int64, monotonicStart: UInt64) {
        period = configuration.period
        stackLimit = configuration.stackLimit
        blockDuration = UInt64(configuration.blockDuration)
        self.monotonicStart = monotonicStart
        profile = Profile(
            sampleTypes: [.samples, .cpu], defaultSampleType: 1, periodType: .cpu, period: configuration.period,
            startTime: startTime, blockDuration: configuration.blockDuration)
    }

    /// Takes everything that is in the ring now.
    mutating func drain(modules: borrowing ModuleTable) {
        if generation != modules.generation {
            frames = [:]
            generation = modules.generation
        }
        while let sample = unsafe hearth_ring_peek() {
            unsafe add(sample, modules: modules)
            unsafe hearth_ring_release(sample)
        }
        spans.settle()
    }

    private mutating func add(_ sample: UnsafePointer<hearth_sample>, modules: borrowing ModuleTable) {
        let header = unsafe sample.pointee
        let recorded = unsafe UnsafeBufferPointer(start: hearth_sample_frames(sample), count: Int(header.frame_count))
        var stack = StackID.empty
        if profile.stacks.count > stackLimit {
            stackOverflow += 1
            stack = profile.push(profile.intern(frameNamed: "[stack table full]", kind: .marker), on: .empty)
        } else {
            if header.flags & hearth_sample_gave_up.rawValue != 0 {
                stack = profile.push(profile.intern(frameNamed: "[incomplete]", kind: .marker), on: stack)
            }
            for index in stride(from: recorded.count - 1, through: 0, by: -1) {
                if index + 1 == Int(header.leaf_count), header.leaf_count < header.frame_count {
                    stack = profile.push(profile.intern(frameNamed: "[truncated]", kind: .marker), on: stack)
                }
                stack = profile.push(frame(unsafe recorded[index], modules: modules), on: stack)
            }
        }
        samples += 1
        weight += UInt64(header.weight)
        let block = block(at: header.time)
        var set = labels(
            header.label & ((1 << HEARTH_LABEL_BITS) - 1), span: header.label >> HEARTH_LABEL_BITS,
            thread: header.thread)
        if profile.samples.count >= Self.rowLimit {
            rowOverflow += 1
            set = profile.intern(labels: ["hearth": .text("too many labels")])
        }
        let row = Profile.Sample(stack: stack, labels: set, block: block)
        // One event of the clock is one sample; what it stands for in time is the second column.
        profile.add(row, values: [1, Int64(header.weight) * period])
    }

    private mutating func frame(_ recorded: UInt64, modules: borrowing ModuleTable) -> FrameID {
        if let known = frames[recorded] { return known }
        let exact = recorded & (1 << 63) != 0
        // A return address can be the first byte of the next function: the call is the byte before it.
        let address = (recorded & 0x00FF_FFFF_FFFF_FFFF) &- (exact ? 0 : 1)
        let new: FrameID
        if let image = modules.image(at: address) {
            let id = profile.intern(image)
            new = profile.intern(Frame(name: .empty, image: id, address: address &- image.bias))
        } else {
            new = profile.intern(Frame(name: .empty, address: address))
        }
        frames[recorded] = new
        return new
    }

    private mutating func labels(_ label: UInt64, span: UInt64, thread: UInt32) -> LabelSetID {
        let name: String
        if let known = threadNames[thread] {
            name = known
        } else {
            name = ThreadName.read(thread)
            threadNames[thread] = name
        }
        let key = LabelKey(label: label, thread: name)
        let plain: LabelSetID
        if let known = labelSets[key] {
            plain = known
        } else {
            var set = LabelRegistry.labels(label).mapValues { LabelValue.text($0) }
            if set["thread"] == nil, !name.isEmpty { set["thread"] = .text(name) }
            plain = profile.intern(labels: set)
            labelSets[key] = plain
        }
        guard span != 0 else { return plain }
        guard let ids = spans.labels(span), profile.samples.count < Self.spanRowLimit else {
            spansLost += 1
            return plain
        }
        // What a scope says explicitly stands over what its span says.
        return profile.intern(labels: profile.labels[plain].merging(ids) { own, _ in own })
    }

    private mutating func block(at time: UInt64) -> UInt32 {
        let elapsed = time > monotonicStart ? time - monotonicStart : 0
        while elapsed / blockDuration >= Self.blockLimit
            || (profile.samples.count >= Self.rowLimit && elapsed / blockDuration > 0)
        {
            blockDuration *= 2
            profile = profile.mapSamples { sample, _ in
                var wider = sample
                wider.block = sample.block.map { $0 / 2 }
                return wider
            }
            profile.blockDuration = Int64(blockDuration)
        }
        return UInt32(elapsed / blockDuration)
    }

    /// Threads that are gone give their numbers to new ones: names are read again from time to time.
    mutating func forgetThreadNames() { threadNames = [:] }
}
